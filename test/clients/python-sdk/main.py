"""Drives the life of every resource through the official Python SDK, and reports each step as a line of JSON."""
import json
import os
import time
import traceback

import huaweicloudsdkelb.v3 as elb
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkcore.region.region import Region

ENV = {name[6:].lower(): value for name, value in os.environ.items() if name.startswith("ELBOW_")}
MEMBER_PORT = int(ENV["member_port"])


def credentials(secret=ENV["secret_key"], project=ENV["project_id"]):
    return BasicCredentials(ENV["access_key"], secret, project)


client = elb.ElbClient.new_builder().with_credentials(credentials()).with_endpoint(ENV["url"]).build()


def call(operation, body=None, **parameters):
    """Calls an operation by the name of its request: call('ShowPool', pool_id=…)."""
    request = getattr(elb, operation + "Request")(**parameters)
    if body is not None:
        request.body = body
    method = "".join("_" + letter.lower() if letter.isupper() else letter for letter in operation)[1:]
    return getattr(client, method)(request)


def refused(status, operation, *args, **parameters):
    try:
        call(operation, *args, **parameters)
    except ClientRequestException as error:
        assert error.status_code == status, error
        assert error.error_code and error.error_msg and error.request_id, error
        return error
    raise AssertionError(f"{operation} was not refused")


def until(what, condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, f"no {what} after 20 s"
        time.sleep(0.1)


def pages(operation, plural, limit, **parameters):
    """The ids of a list, page by page, as users of the SDK follow markers."""
    ids, marker = [], None
    while True:
        answer = call(operation, limit=limit, marker=marker, **parameters)
        ids += [each.id for each in getattr(answer, plural)]
        marker = answer.page_info.next_marker
        if not marker:
            return ids


def load_balancer(**fields):
    option = elb.CreateLoadBalancerOption(
        vip_subnet_cidr_id=ENV["subnet_id"],
        availability_zone_list=[ENV["zone"]],
        ip_target_enable=True,
        **fields,
    )
    return call("CreateLoadBalancer", elb.CreateLoadBalancerRequestBody(option)).loadbalancer


def listener(lb, port, **fields):
    fields = {"protocol": "HTTP", **fields}
    option = elb.CreateListenerOption(loadbalancer_id=lb.id, protocol_port=port, **fields)
    return call("CreateListener", elb.CreateListenerRequestBody(option)).listener


def pool(**fields):
    fields = {"protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN", **fields}
    return call("CreatePool", elb.CreatePoolRequestBody(elb.CreatePoolOption(**fields))).pool


def member(pool_id, port, **fields):
    option = elb.CreateMemberOption(address="127.0.0.1", protocol_port=port, **fields)
    return call("CreateMember", elb.CreateMemberRequestBody(option), pool_id=pool_id).member


def pem(name):
    with open(os.path.join(ENV["test_data"], name + ".pem"), encoding="utf-8") as file:
        return file.read()


def load_balancers():
    made = load_balancer(name="py lb (ü)", description="first", tags=[elb.Tag("team", "a b")])
    assert made.provisioning_status == "ACTIVE" and made.vip_address
    assert call("ShowLoadBalancer", loadbalancer_id=made.id).loadbalancer.to_dict() == made.to_dict()
    found = call("ListLoadBalancers", name=["absent", "py lb (ü)"], ip_version=[4], guaranteed=True)
    assert [each.id for each in found.loadbalancers] == [made.id]
    option = elb.UpdateLoadBalancerOption(name="", description="second", deletion_protection_enable=False)
    updated = call(
        "UpdateLoadBalancer", elb.UpdateLoadBalancerRequestBody(option), loadbalancer_id=made.id
    ).loadbalancer
    assert (updated.name, updated.description) == ("", "second")
    statuses = call("ShowLoadBalancerStatus", loadbalancer_id=made.id).statuses
    assert statuses.loadbalancer.operating_status == "ONLINE"
    call("DeleteLoadBalancer", loadbalancer_id=made.id)
    assert refused(404, "ShowLoadBalancer", loadbalancer_id=made.id).error_code == "ELB.8904"


def listeners():
    lb = load_balancer(name="py listeners")
    made = listener(lb, 80, name="web", insert_headers=elb.ListenerInsertHeaders(x_forwarded_elb_ip=True))
    assert made.loadbalancers[0].id == lb.id and made.connection_limit == -1
    assert call("ShowListener", listener_id=made.id).listener.to_dict() == made.to_dict()
    listener(lb, 81, protocol="TCP")
    found = call("ListListeners", loadbalancer_id=[lb.id], protocol_port=["81", "82"])
    assert [each.protocol for each in found.listeners] == ["TCP"]
    option = elb.UpdateListenerOption(name="", client_timeout=50)
    updated = call("UpdateListener", elb.UpdateListenerRequestBody(option), listener_id=made.id).listener
    assert (updated.name, updated.client_timeout) == ("", 50)
    refused(409, "DeleteLoadBalancer", loadbalancer_id=lb.id)
    call("DeleteListener", listener_id=made.id)
    call("DeleteLoadBalancerForce", loadbalancer_id=lb.id)
    assert call("ListListeners", loadbalancer_id=[lb.id]).listeners == []


def pools():
    lb = load_balancer(name="py pools")
    sticky = elb.CreatePoolSessionPersistenceOption(type="HTTP_COOKIE", persistence_timeout=10)
    made = pool(loadbalancer_id=lb.id, name="web", session_persistence=sticky)
    assert made.session_persistence.persistence_timeout == 10 and made.healthmonitor_id in ("", None)
    assert call("ShowPool", pool_id=made.id).pool.to_dict() == made.to_dict()
    other = pool(loadbalancer_id=lb.id, protocol="TCP", lb_algorithm="LEAST_CONNECTIONS")
    found = call("ListPools", loadbalancer_id=[lb.id], lb_algorithm=["LEAST_CONNECTIONS"])
    assert [each.id for each in found.pools] == [other.id]
    option = elb.UpdatePoolOption(name="", lb_algorithm="SOURCE_IP", slow_start=elb.UpdatePoolSlowStartOption(False))
    updated = call("UpdatePool", elb.UpdatePoolRequestBody(option), pool_id=other.id).pool
    assert (updated.name, updated.lb_algorithm) == ("", "SOURCE_IP")
    member(made.id, 80)
    call("DeletePoolCascade", pool_id=made.id)
    call("DeletePool", pool_id=other.id)
    assert call("ListPools", loadbalancer_id=[lb.id]).pools == []
    call("DeleteLoadBalancer", loadbalancer_id=lb.id)


def members():
    lb = load_balancer(name="py members")
    group = pool(loadbalancer_id=lb.id)
    made = member(group.id, 81, name="web ü & co", weight=0)
    assert (made.weight, made.member_type, made.operating_status) == (0, "ip", "NO_MONITOR")
    assert call("ShowMember", pool_id=group.id, member_id=made.id).member.to_dict() == made.to_dict()
    weights = [10, 2, 1]
    for weight in weights:
        member(group.id, 100 + weight, name=f"weight {weight}", weight=weight)
    # The SDK sorts repeated integers as numbers, not as text.
    found = call("ListMembers", pool_id=group.id, weight=weights, name=["weight 1", "weight 2", "weight 10"])
    assert len(found.members) == 3 and found.page_info.current_count == 3
    assert len(set(pages("ListMembers", "members", 3, pool_id=group.id))) == 4
    assert len(pages("ListAllMembers", "members", 2, pool_id=[group.id])) == 4
    body = elb.UpdateMemberRequestBody(elb.UpdateMemberOption(name="", weight=100))
    updated = call("UpdateMember", body, pool_id=group.id, member_id=made.id).member
    assert (updated.name, updated.weight) == ("", 100)
    call("DeleteMember", pool_id=group.id, member_id=made.id)
    refused(404, "ShowMember", pool_id=group.id, member_id=made.id)
    error = refused(400, "CreateMember", elb.CreateMemberRequestBody(elb.CreateMemberOption(address="nonsense", protocol_port=80)), pool_id=group.id)
    assert error.error_code == "ELB.8902" and "member.address" in error.error_msg
    call("DeleteLoadBalancerForce", loadbalancer_id=lb.id)


def member_batches():
    lb = load_balancer(name="py batches")
    group = pool(loadbalancer_id=lb.id)
    member(group.id, 80)
    options = [elb.BatchCreateMembersOption(address="127.0.0.1", protocol_port=port) for port in (80, 81, 82)]
    added = call("BatchCreateMembers", elb.BatchCreateMembersRequestBody(options), pool_id=group.id).members
    assert [each.ret_status for each in added] == ["existed", "successful", "successful"]
    changes = [elb.BatchUpdateMembersOption(id=added[1].id, weight=0)]
    call("BatchUpdateMembers", elb.BatchUpdateMembersRequestBody(changes), pool_id=group.id)
    assert call("ShowMember", pool_id=group.id, member_id=added[1].id).member.weight == 0
    gone = [
        elb.BatchDeleteMembersOption(id=added[1].id),
        elb.BatchDeleteMembersOption(address="127.0.0.1", protocol_port=83),
    ]
    deleted = call("BatchDeleteMembers", elb.BatchDeleteMembersRequestBody(gone), pool_id=group.id).members
    assert [each.ret_status for each in deleted] == ["successful", "not found"]
    call("DeleteLoadBalancerForce", loadbalancer_id=lb.id)


def health_monitors():
    lb = load_balancer(name="py health")
    group = pool(listener_id=listener(lb, 80).id)
    up, down = member(group.id, MEMBER_PORT), member(group.id, 1)
    option = elb.CreateHealthMonitorOption(pool_id=group.id, type="HTTP", delay=1, timeout=1, max_retries=1, max_retries_down=1)
    made = call("CreateHealthMonitor", elb.CreateHealthMonitorRequestBody(option)).healthmonitor
    assert made.pools[0].id == group.id
    assert call("ShowHealthMonitor", healthmonitor_id=made.id).healthmonitor.to_dict() == made.to_dict()
    assert [each.id for each in call("ListHealthMonitors", type=["HTTP"], delay=[1, 2]).healthmonitors] == [made.id]

    def status(of):
        return call("ShowMember", pool_id=group.id, member_id=of.id).member

    until("ONLINE member", lambda: status(up).operating_status == "ONLINE")
    until("OFFLINE member", lambda: status(down).operating_status == "OFFLINE")
    assert status(down).reason.reason_code == "CONNECT_REFUSED"
    offline = call("ListMembers", pool_id=group.id, operating_status=["OFFLINE"]).members
    assert [each.id for each in offline] == [down.id]
    body = elb.UpdateHealthMonitorRequestBody(elb.UpdateHealthMonitorOption(name="slow", delay=50))
    assert call("UpdateHealthMonitor", body, healthmonitor_id=made.id).healthmonitor.delay == 50
    call("DeleteHealthMonitor", healthmonitor_id=made.id)
    assert status(up).operating_status == "NO_MONITOR"
    call("DeleteLoadBalancerForce", loadbalancer_id=lb.id)


def policies_and_rules():
    lb = load_balancer(name="py policies")
    front, group = listener(lb, 80), pool(loadbalancer_id=lb.id)
    rule = elb.CreateRuleOption(type="HOST_NAME", compare_type="EQUAL_TO", value="a.example")
    option = elb.CreateL7PolicyOption(
        action="REDIRECT_TO_POOL", listener_id=front.id, redirect_pool_id=group.id, name="p", rules=[rule]
    )
    made = call("CreateL7Policy", elb.CreateL7PolicyRequestBody(option)).l7policy
    assert made.provisioning_status == "ACTIVE" and len(made.rules) == 1
    assert call("ShowL7Policy", l7policy_id=made.id).l7policy.to_dict() == made.to_dict()
    assert [each.id for each in call("ListL7Policies", listener_id=[front.id], action=["REDIRECT_TO_POOL"]).l7policies] == [made.id]
    body = elb.UpdateL7PolicyRequestBody(elb.UpdateL7PolicyOption(name="", description="changed"))
    assert call("UpdateL7Policy", body, l7policy_id=made.id).l7policy.name == ""

    option = elb.CreateRuleOption(type="PATH", compare_type="STARTS_WITH", value="/a")
    path = call("CreateL7Rule", elb.CreateL7RuleRequestBody(option), l7policy_id=made.id).rule
    assert call("ShowL7Rule", l7policy_id=made.id, l7rule_id=path.id).rule.to_dict() == path.to_dict()
    assert [each.id for each in call("ListL7Rules", l7policy_id=made.id, type=["PATH"]).rules] == [path.id]
    assert len(call("ListAllL7Rules", l7policy_id=[made.id]).rules) == 2
    body = elb.UpdateL7RuleRequestBody(elb.UpdateL7RuleOption(value="/b"))
    assert call("UpdateL7Rule", body, l7policy_id=made.id, l7rule_id=path.id).rule.value == "/b"
    call("DeleteL7Rule", l7policy_id=made.id, l7rule_id=path.id)
    call("DeleteL7Policy", l7policy_id=made.id)
    refused(404, "ShowL7Policy", l7policy_id=made.id)
    call("DeleteLoadBalancerForce", loadbalancer_id=lb.id)


def certificates():
    option = elb.CreateCertificateOption(name="leaf", certificate=pem("leaf"), private_key=pem("leaf.key"), type="server")
    made = call("CreateCertificate", elb.CreateCertificateRequestBody(option)).certificate
    assert call("ShowCertificate", certificate_id=made.id).certificate.to_dict() == made.to_dict()
    assert made.id in [each.id for each in call("ListCertificates", name=["leaf"], type=["server"]).certificates]
    lb = load_balancer(name="py certificates")
    https = listener(lb, 443, protocol="HTTPS", default_tls_container_ref=made.id, sni_container_refs=[])
    assert https.default_tls_container_ref == made.id
    refused(409, "DeleteCertificate", certificate_id=made.id)
    body = elb.UpdateCertificateRequestBody(elb.UpdateCertificateOption(description="changed"))
    assert call("UpdateCertificate", body, certificate_id=made.id).certificate.description == "changed"
    call("DeleteLoadBalancerForce", loadbalancer_id=lb.id)
    call("DeleteCertificate", certificate_id=made.id)


def ip_groups():
    entries = [elb.CreateIpGroupIpOption("10.0.0.0/8", "inside"), elb.CreateIpGroupIpOption("192.0.2.1")]
    made = call("CreateIpGroup", elb.CreateIpGroupRequestBody(elb.CreateIpGroupOption(name="g", ip_list=entries))).ipgroup
    assert len(made.ip_list) == 2
    assert call("ShowIpGroup", ipgroup_id=made.id).ipgroup.to_dict() == made.to_dict()
    assert [each.id for each in call("ListIpGroups", name=["g"], ip_list=["192.0.2.1"]).ipgroups] == [made.id]
    body = elb.UpdateIpListRequestBody(elb.UpdateIpListOption(ip_list=[elb.UpdateIpGroupIpOption("192.0.2.2")]))
    assert len(call("UpdateIpList", body, ipgroup_id=made.id).ipgroup.ip_list) == 3
    body = elb.BatchDeleteIpListRequestBody(elb.BatchDeleteIpListOption(ip_list=[elb.IpGroupIp("192.0.2.1")]))
    assert len(call("BatchDeleteIpList", body, ipgroup_id=made.id).ipgroup.ip_list) == 2
    lb = load_balancer(name="py ip groups")
    bound = listener(lb, 80, ipgroup=elb.CreateListenerIpGroupOption(ipgroup_id=made.id, type="white"))
    assert bound.ipgroup.enable_ipgroup is True
    related = call("ShowIpGroupRelatedListeners", ipgroup_id=made.id).listeners
    assert [each.id for each in related] == [bound.id]
    body = elb.UpdateIpGroupRequestBody(elb.UpdateIpGroupOption(name="", description="changed"))
    assert call("UpdateIpGroup", body, ipgroup_id=made.id).ipgroup.name == ""
    call("DeleteLoadBalancerForce", loadbalancer_id=lb.id)
    call("DeleteIpGroup", ipgroup_id=made.id)


def security_policies():
    option = elb.CreateSecurityPolicyOption(name="s", protocols=["TLSv1.2"], ciphers=["ECDHE-RSA-AES256-GCM-SHA384"])
    made = call("CreateSecurityPolicy", elb.CreateSecurityPolicyRequestBody(option)).security_policy
    shown = call("ShowSecurityPolicy", security_policy_id=made.id).security_policy
    assert shown.to_dict() == made.to_dict()
    assert [each.id for each in call("ListSecurityPolicies", name=["s"]).security_policies] == [made.id]
    body = elb.UpdateSecurityPolicyRequestBody(elb.UpdateSecurityPolicyOption(name="t"))
    assert call("UpdateSecurityPolicy", body, security_policy_id=made.id).security_policy.name == "t"
    call("DeleteSecurityPolicy", security_policy_id=made.id)
    assert call("ListSystemSecurityPolicies").system_security_policies


def master_slave_pools():
    lb = load_balancer(name="py pair")
    roles = [("master", 80), ("slave", 81)]
    monitor = elb.CreateMasterSlaveHealthMonitorOption(type="TCP", delay=5, timeout=3, max_retries=3)
    option = elb.CreateMasterSlavePoolOption(
        name="pair",
        type="ip",
        loadbalancer_id=lb.id,
        protocol="TCP",
        lb_algorithm="ROUND_ROBIN",
        members=[elb.CreateMasterSlaveMemberOption(address="127.0.0.1", protocol_port=port, role=role) for role, port in roles],
        healthmonitor=monitor,
    )
    made = call("CreateMasterSlavePool", elb.CreateMasterSlavePoolRequestBody(option)).pool
    assert sorted(each.role for each in made.members) == ["master", "slave"]
    assert call("ShowMasterSlavePool", pool_id=made.id).pool.to_dict() == made.to_dict()
    assert [each.id for each in call("ListMasterSlavePools", name=["pair"]).pools] == [made.id]
    call("DeleteMasterSlavePool", pool_id=made.id)
    call("DeleteLoadBalancer", loadbalancer_id=lb.id)


def logtanks():
    lb = load_balancer(name="py logs")
    option = elb.CreateLogtankOption(loadbalancer_id=lb.id, log_group_id="g", log_topic_id="t")
    made = call("CreateLogtank", elb.CreateLogtankRequestBody(option)).logtank
    assert call("ShowLogtank", logtank_id=made.id).logtank.to_dict() == made.to_dict()
    assert [each.id for each in call("ListLogtanks", loadbalancer_id=[lb.id]).logtanks] == [made.id]
    body = elb.UpdateLogtankRequestBody(elb.UpdateLogtankOption(log_group_id="h", log_topic_id="t"))
    assert call("UpdateLogtank", body, logtank_id=made.id).logtank.log_group_id == "h"
    call("DeleteLogtank", logtank_id=made.id)
    call("DeleteLoadBalancer", loadbalancer_id=lb.id)


def tags():
    lb = load_balancer(name="py tags")
    front = listener(lb, 80)
    for kind, id_of in (("Loadbalancer", {"loadbalancer_id": lb.id}), ("Listener", {"listener_id": front.id})):
        body = getattr(elb, f"Change{kind}TagsRequestBody")
        pairs = [elb.ChangeResourceTagOption("team", "a"), elb.ChangeResourceTagOption("empty", "")]
        call(f"Change{kind}Tags", body(action="create", tags=pairs), **id_of)
        shown = call(f"Show{kind}Tags", **id_of).tags
        assert sorted((each.key, each.value) for each in shown) == [("empty", ""), ("team", "a")]
        assert "team" in [each.key for each in call(f"List{kind}Tags").tags]
        call(f"Change{kind}Tags", body(action="delete", tags=pairs), **id_of)
        assert call(f"Show{kind}Tags", **id_of).tags == []
    call("DeleteLoadBalancerForce", loadbalancer_id=lb.id)


def catalogue():
    assert call("ListAvailabilityZones").availability_zones[0]
    flavors = call("ListFlavors", type=["L7"], shared=True).flavors
    assert call("ShowFlavor", flavor_id=flavors[0].id).flavor.to_dict() == flavors[0].to_dict()
    assert call("ShowQuota").quota.loadbalancer == -1
    assert {each.quota_key for each in call("ListQuotaDetails", quota_key=["member", "pool"]).quotas} == {"member", "pool"}
    assert "v3" in [each.id for each in call("ListApiVersions").versions]
    lb = load_balancer(name="py catalogue")
    assert call("ListLoadbalancerFeature", loadbalancer_id=lb.id).features
    assert call("ShowLoadBalancerPorts", loadbalancer_id=lb.id).ports is not None
    assert call("ShowLoadBalancerTopology", loadbalancer_id=lb.id) is not None
    assert call("CountPreoccupyIpNum", ip_version=4, l7_flavor_id=flavors[0].id, availability_zone_id=[ENV["zone"]]).preoccupy_ip
    call("DeleteLoadBalancer", loadbalancer_id=lb.id)


def jobs():
    lb = load_balancer(name="py clones")
    listener(lb, 80)
    parameter = elb.TargetLoadbalancerParam(name="py clone")
    body = elb.CloneLoadbalancerRequestBody(count=1, target_loadbalancer_param=parameter)
    job_id = call("CloneLoadbalancer", body, loadbalancer_id=lb.id).job_id
    until("finished job", lambda: call("ShowJob", job_id=job_id).job.status == "SUCCESS")
    assert job_id in [each.job_id for each in call("ListJobs", status="SUCCESS").jobs]
    for each in call("ListLoadBalancers", name=["py clones", "py clone"]).loadbalancers:
        call("DeleteLoadBalancerForce", loadbalancer_id=each.id)


def authentication():
    wrong = elb.ElbClient.new_builder().with_credentials(credentials(secret="wrong")).with_endpoint(ENV["url"]).build()
    try:
        wrong.list_pools(elb.ListPoolsRequest())
    except ClientRequestException as error:
        assert (error.status_code, error.error_code) == (401, "SYS.0401"), error
    else:
        raise AssertionError("a wrong secret was accepted")
    discovering = credentials(project=None).with_iam_endpoint(ENV["url"])
    by_region = elb.ElbClient.new_builder().with_credentials(discovering).with_region(Region(ENV["region"], ENV["url"]))
    assert by_region.build().show_quota(elb.ShowQuotaRequest()).quota.project_id == ENV["project_id"]


CHECKS = [
    ("load balancers live", load_balancers),
    ("listeners live, and are deleted with their load balancer", listeners),
    ("pools live, alone and with what is in them", pools),
    ("members live, are filtered by repeated numbers, and page", members),
    ("members are added, changed and deleted in batches", member_batches),
    ("health monitors live, and members become ONLINE and OFFLINE", health_monitors),
    ("l7 policies and l7 rules live", policies_and_rules),
    ("certificates live, and are kept while used", certificates),
    ("IP groups live, with their entries", ip_groups),
    ("security policies live", security_policies),
    ("master-slave pools live", master_slave_pools),
    ("logtanks live", logtanks),
    ("tags of load balancers and listeners come and go", tags),
    ("zones, flavors, quotas, versions, features and addresses are read", catalogue),
    ("a load balancer is cloned by a job", jobs),
    ("a wrong secret is refused, and a project is found by the region's name", authentication),
]

for name, check in CHECKS:
    try:
        check()
        print(json.dumps({"name": name, "ok": True}), flush=True)
    except Exception:
        print(json.dumps({"name": name, "ok": False, "detail": traceback.format_exc()}), flush=True)
