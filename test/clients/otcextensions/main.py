"""Drives the life of every resource through otcextensions, and reports each step as a line of JSON."""
import json
import os
import time
import traceback

import openstack
from openstack import exceptions
from otcextensions import sdk

ENV = {name[6:].lower(): value for name, value in os.environ.items() if name.startswith("ELBOW_")}

conn = openstack.connect(
    auth={
        "auth_url": ENV["url"] + "/v3",
        "username": ENV["user"],
        "password": ENV["password"],
        "user_domain_name": ENV["domain"],
        "project_id": ENV["project_id"],
    },
    region_name=ENV["region"],
)
sdk.load(conn)
vlb = conn.vlb


def until(what, condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, f"no {what} after 20 s"
        time.sleep(0.1)


def same(shown, made):
    """What was created also keeps what was only sent, such as the id of its owner."""
    for key, value in shown.to_dict().items():
        if value is not None and key != "location":
            assert made[key] == value, f"{key}: made {made[key]}, shown {value}"


def gone(read, *ids):
    try:
        read(*ids)
    except exceptions.NotFoundException:
        return
    raise AssertionError(f"{ids} are still there")


def load_balancer(name):
    return vlb.create_load_balancer(
        name=name,
        vip_subnet_cidr_id=ENV["subnet_id"],
        elb_virsubnet_ids=[ENV["network_id"]],
        availability_zone_list=[ENV["zone"]],
        ip_target_enable=True,
        guaranteed=True,
        provider="vlb",
        tags=[{"key": "team", "value": "otc"}],
    )


def listener(lb, port, protocol="HTTP"):
    return vlb.create_listener(
        loadbalancer_id=lb.id, protocol=protocol, protocol_port=port, insert_headers={"X-Forwarded-ELB-IP": True}
    )


def pool(**parent):
    return vlb.create_pool(protocol="HTTP", lb_algorithm="ROUND_ROBIN", name="web", **parent)


def member(group, port, **fields):
    return vlb.create_member(group, address="127.0.0.1", protocol_port=port, **fields)


def load_balancers():
    made = load_balancer("otc lb")
    vlb.wait_for_load_balancer(made.id, interval=1)
    same(vlb.get_load_balancer(made.id), vlb.find_load_balancer("otc lb"))
    # Booleans are sent as True and False.
    assert [each.id for each in vlb.load_balancers(name="otc lb", guaranteed=True)] == [made.id]
    assert [each.id for each in vlb.load_balancers(name="otc lb", guaranteed=False)] == []
    assert vlb.update_load_balancer(made, description="second").description == "second"
    assert vlb.get_load_balancer_statuses(made.id).statuses["loadbalancer"]["operating_status"] == "ONLINE"
    vlb.delete_load_balancer(made)
    vlb.wait_for_delete_load_balancer(made, interval=1)
    vlb.delete_load_balancer(made.id, ignore_missing=True)
    gone(vlb.get_load_balancer, made.id)


def public_addresses():
    made = vlb.create_load_balancer(
        name="otc public",
        vip_subnet_cidr_id=ENV["subnet_id"],
        availability_zone_list=[ENV["zone"]],
        publicip={
            "network_type": "5_bgp",
            "billing_info": "",
            "bandwidth": {"size": 2, "share_type": "PER", "charge_mode": "traffic", "name": "otc"},
        },
    )
    assert made.floating_ips[0]["publicip_id"], made
    vlb.delete_load_balancer(made)


def listeners():
    lb = load_balancer("otc listeners")
    made = listener(lb, 80)
    same(vlb.get_listener(made.id), made)
    # Every listener that it creates carries this header, those of TCP too.
    listener(lb, 81, "TCP")
    assert [each.protocol for each in vlb.listeners(load_balancer_id=[lb.id], protocol=["TCP"])] == ["TCP"]
    assert vlb.update_listener(made, name="changed").name == "changed"
    assert vlb.find_listener("changed").id == made.id
    for each in vlb.listeners():
        vlb.delete_listener(each)
    gone(vlb.get_listener, made.id)
    vlb.delete_load_balancer(lb)


def pools_members_and_monitors():
    lb = load_balancer("otc pools")
    front = listener(lb, 80)
    group = pool(listener_id=front.id)
    same(vlb.get_pool(group.id), group)
    assert vlb.find_pool("web").id == group.id
    assert vlb.update_pool(group, lb_algorithm="LEAST_CONNECTIONS").lb_algorithm == "LEAST_CONNECTIONS"

    made = member(group, int(ENV["member_port"]), name="a b+c")
    same(vlb.get_member(made, group), made)
    for port in range(1, 4):
        member(group, port, weight=0)
    # By pages, until an empty one; and by a name whose space is sent as a plus.
    assert len(list(vlb.members(group, limit=2))) == 4
    assert [each.id for each in vlb.members(group, name="a b+c")] == [made.id]
    assert vlb.find_member("a b+c", group).id == made.id

    monitor = vlb.create_health_monitor(
        pool_id=group.id, type="HTTP", delay=1, timeout=2, max_retries=1, max_retries_down=1
    )
    same(vlb.get_health_monitor(monitor.id), monitor)
    until("ONLINE member", lambda: vlb.get_member(made, group).operating_status == "ONLINE")
    assert vlb.update_health_monitor(monitor, delay=50).delay == 50
    assert [each.id for each in vlb.health_monitors()] == [monitor.id]
    vlb.delete_health_monitor(monitor)

    assert vlb.update_member(made, group, weight=0).weight == 0
    for each in list(vlb.members(group)):
        vlb.delete_member(each, group)
    vlb.delete_pool(group)
    vlb.delete_listener(front)
    vlb.delete_load_balancer(lb)


def policies_and_rules():
    lb = load_balancer("otc policies")
    front, group = listener(lb, 80), pool(loadbalancer_id=lb.id)
    made = vlb.create_l7_policy(action="REDIRECT_TO_POOL", listener_id=front.id, redirect_pool_id=group.id, name="p")
    same(vlb.get_l7_policy(made.id), made)
    assert vlb.find_l7_policy("p").id == made.id
    assert vlb.update_l7_policy(made, description="changed").description == "changed"
    assert [each.id for each in vlb.l7_policies(listener_id=[front.id])] == [made.id]
    rule = vlb.create_l7_rule(made, type="PATH", compare_type="STARTS_WITH", value="/a")
    same(vlb.get_l7_rule(rule, made), rule)
    assert vlb.update_l7_rule(rule, made, value="/b").rule_value == "/b"
    assert len(list(vlb.l7_rules(made))) == 1
    vlb.delete_l7_rule(rule, made)
    vlb.delete_l7_policy(made)
    vlb.delete_pool(group)
    vlb.delete_listener(front)
    vlb.delete_load_balancer(lb)


def certificates():
    def pem(name):
        with open(os.path.join(ENV["test_data"], name + ".pem"), encoding="utf-8") as file:
            return file.read()

    made = vlb.create_certificate(name="otc", certificate=pem("leaf"), private_key=pem("leaf.key"), type="server")
    same(vlb.get_certificate(made.id), made)
    assert vlb.find_certificate("otc").id == made.id
    assert vlb.update_certificate(made, description="changed").description == "changed"
    vlb.delete_certificate(made)
    assert list(vlb.certificates()) == []


def ip_groups():
    made = vlb.create_ip_address_group(name="otc", ip_list=[{"ip": "192.0.2.1", "description": "one"}])
    same(vlb.get_ip_address_group(made.id), made)
    assert vlb.find_ip_address_group("otc").id == made.id
    assert vlb.update_ip_address_group(made, description="changed").description == "changed"
    vlb.delete_ip_address_group(made)
    assert list(vlb.ip_address_groups()) == []


def security_policies():
    made = vlb.create_security_policy(name="otc", protocols=["TLSv1.2"], ciphers=["AES128-SHA"])
    same(vlb.get_security_policy(made.id), made)
    assert vlb.update_security_policy(made, name="changed").name == "changed"
    vlb.delete_security_policy(made)
    assert list(vlb.security_policies()) == []


def catalogue():
    assert list(vlb.availability_zones())
    flavor = next(vlb.flavors(shared=True))
    assert vlb.get_flavor(flavor.id).name == flavor.name
    assert vlb.find_flavor(flavor.name).id == flavor.id
    assert vlb.get_quotas().loadbalancer == -1


CHECKS = [
    ("load balancers live, and are waited for", load_balancers),
    ("a load balancer gets a public address", public_addresses),
    ("listeners live", listeners),
    ("pools, members and health monitors live", pools_members_and_monitors),
    ("l7 policies and l7 rules live", policies_and_rules),
    ("certificates live", certificates),
    ("IP groups live", ip_groups),
    ("security policies live", security_policies),
    ("zones, flavors and quotas are read", catalogue),
]

for name, check in CHECKS:
    try:
        check()
        print(json.dumps({"name": name, "ok": True}), flush=True)
    except Exception:
        print(json.dumps({"name": name, "ok": False, "detail": traceback.format_exc()}), flush=True)
