// Drives the life of every resource through gophertelekomcloud, by password and by access key, and reports each part as a
// line of JSON.
package main

import (
	"errors"
	"os"
	"strconv"

	otc "github.com/opentelekomcloud/gophertelekomcloud"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack/common/tags"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack/elb/v3/certificates"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack/elb/v3/flavors"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack/elb/v3/ipgroups"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack/elb/v3/listeners"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack/elb/v3/loadbalancers"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack/elb/v3/members"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack/elb/v3/monitors"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack/elb/v3/policies"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack/elb/v3/pools"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack/elb/v3/rules"
	security "github.com/opentelekomcloud/gophertelekomcloud/openstack/elb/v3/security_policy"

	. "elbow.test/clients/report"
)

var (
	identity = os.Getenv("ELBOW_URL") + "/v3"
	region   = otc.EndpointOpts{Region: os.Getenv("ELBOW_REGION")}
	provider *otc.ProviderClient
	client   *otc.ServiceClient
)

func gone(err error) {
	var missing otc.ErrDefault404
	Expect(errors.As(err, &missing), "not gone: %v", err)
}

func expectDone(err error) {
	Expect(err == nil, "%v", err)
}

func newLoadBalancer(name string) *loadbalancers.LoadBalancer {
	return Must(loadbalancers.Create(client, loadbalancers.CreateOpts{
		Name:                 name,
		VipSubnetCidrID:      os.Getenv("ELBOW_SUBNET_ID"),
		VpcID:                os.Getenv("ELBOW_VPC_ID"),
		ElbSubnetIDs:         []string{os.Getenv("ELBOW_NETWORK_ID")},
		AvailabilityZoneList: []string{os.Getenv("ELBOW_ZONE")},
		IpTargetEnable:       Ptr(true),
		Tags:                 []tags.ResourceTag{{Key: "team", Value: "otc"}},
	}).Extract())
}

func newListener(lb string, protocol listeners.Protocol, port int) *listeners.Listener {
	return Must(listeners.Create(client, listeners.CreateOpts{
		LoadbalancerID: lb, Protocol: protocol, ProtocolPort: port, Name: "web",
		InsertHeaders: &listeners.InsertHeaders{ForwardedHost: Ptr(true)},
	}).Extract())
}

func newPool(lb string) *pools.Pool {
	return Must(pools.Create(client, pools.CreateOpts{LoadbalancerID: lb, Protocol: "HTTP", LBMethod: "ROUND_ROBIN", Name: "web"}).Extract())
}

func loadBalancers() {
	made := newLoadBalancer("otc lb")
	Expect(made.ProvisioningStatus == "ACTIVE", "status %s", made.ProvisioningStatus)
	Same(made, Must(loadbalancers.Get(client, made.ID).Extract()))
	pages := Must(loadbalancers.List(client, loadbalancers.ListOpts{Name: []string{"otc lb", "absent"}}).AllPages())
	Same([]loadbalancers.LoadBalancer{*made}, Must(loadbalancers.ExtractLoadbalancers(pages)))
	updated := Must(loadbalancers.Update(client, made.ID, loadbalancers.UpdateOpts{Description: Ptr("")}).Extract())
	Expect(updated.Name == "otc lb", "updated %v", updated)
	Must(loadbalancers.GetStatuses(client, made.ID).Extract())
	expectDone(loadbalancers.Delete(client, made.ID).ExtractErr())
	_, err := loadbalancers.Get(client, made.ID).Extract()
	gone(err)
}

func listenersOfALoadBalancer() {
	lb := newLoadBalancer("otc listeners").ID
	made := newListener(lb, listeners.ProtocolHTTP, 80)
	Same(made, Must(listeners.Get(client, made.ID).Extract()))
	tcp := newListener(lb, listeners.ProtocolTCP, 443)
	pages := Must(listeners.List(client, listeners.ListOpts{LoadBalancerID: []string{lb}, ProtocolPort: []int{443, 80}}).AllPages())
	Expect(len(Must(listeners.ExtractListeners(pages))) == 2, "pages %v", pages)
	updated := Must(listeners.Update(client, made.ID, listeners.UpdateOpts{Name: Ptr("changed")}).Extract())
	Expect(updated.Name == "changed", "updated %v", updated)
	for _, id := range []string{made.ID, tcp.ID} {
		expectDone(listeners.Delete(client, id).ExtractErr())
	}
	expectDone(loadbalancers.Delete(client, lb).ExtractErr())
}

func poolsMembersAndMonitors() {
	lb := newLoadBalancer("otc pools").ID
	listener := newListener(lb, listeners.ProtocolHTTP, 80).ID
	pool := Must(pools.Create(client, pools.CreateOpts{ListenerID: listener, Protocol: "HTTP", LBMethod: "ROUND_ROBIN"}).Extract())
	Same(pool, Must(pools.Get(client, pool.ID).Extract()))
	found := Must(pools.ExtractPools(Must(pools.List(client, pools.ListOpts{LoadbalancerID: []string{lb}}).AllPages())))
	Expect(len(found) == 1, "found %v", found)
	updated := Must(pools.Update(client, pool.ID, pools.UpdateOpts{Name: Ptr(""), LBMethod: "LEAST_CONNECTIONS"}).Extract())
	Expect(updated.LBMethod == "LEAST_CONNECTIONS", "updated %v", updated)

	port := Must(strconv.Atoi(os.Getenv("ELBOW_MEMBER_PORT")))
	member := Must(members.Create(client, pool.ID, members.CreateOpts{Address: "127.0.0.1", ProtocolPort: port, Name: "a b+c"}).Extract())
	Same(member, Must(members.Get(client, pool.ID, member.ID).Extract()))
	for other := range 3 {
		Must(members.Create(client, pool.ID, members.CreateOpts{Address: "127.0.0.1", ProtocolPort: other + 1, Weight: Ptr(0)}).Extract())
	}
	// Two to a page, with a space and a plus among the filters' values.
	all := Must(members.List(client, pool.ID, members.ListOpts{Limit: 2}).AllPages())
	Expect(len(Must(members.ExtractMembers(all))) == 4, "members %v", all)
	named := Must(members.List(client, pool.ID, members.ListOpts{Name: "a b+c"}).AllPages())
	Same([]members.Member{*member}, Must(members.ExtractMembers(named)))

	monitor := Must(monitors.Create(client, monitors.CreateOpts{PoolID: pool.ID, Type: monitors.TypeHTTP, Delay: 1, Timeout: 2, MaxRetries: 1}).Extract())
	Same(monitor, Must(monitors.Get(client, monitor.ID).Extract()))
	Until("ONLINE member", func() bool {
		return Must(members.Get(client, pool.ID, member.ID).Extract()).OperatingStatus == "ONLINE"
	})
	Must(monitors.Update(client, monitor.ID, monitors.UpdateOpts{Delay: 50, Timeout: 3, MaxRetries: 3}).Extract())
	Expect(len(Must(monitors.ExtractMonitors(Must(monitors.List(client, monitors.ListOpts{}).AllPages())))) == 1, "monitors")
	expectDone(monitors.Delete(client, monitor.ID).ExtractErr())

	Must(members.Update(client, pool.ID, member.ID, members.UpdateOpts{Name: Ptr(""), Weight: Ptr(0)}).Extract())
	for _, each := range Must(members.ExtractMembers(Must(members.List(client, pool.ID, members.ListOpts{}).AllPages()))) {
		expectDone(members.Delete(client, pool.ID, each.ID).ExtractErr())
	}
	_, err := members.Get(client, pool.ID, member.ID).Extract()
	gone(err)
	expectDone(pools.Delete(client, pool.ID).ExtractErr())
	expectDone(listeners.Delete(client, listener).ExtractErr())
	expectDone(loadbalancers.Delete(client, lb).ExtractErr())
}

func policiesAndRules() {
	lb := newLoadBalancer("otc policies").ID
	listener, pool := newListener(lb, listeners.ProtocolHTTP, 80).ID, newPool(lb).ID
	made := Must(policies.Create(client, policies.CreateOpts{
		Action: "REDIRECT_TO_POOL", ListenerID: listener, RedirectPoolID: pool, Position: 37,
		Rules: []policies.Rule{{Type: "HOST_NAME", CompareType: "EQUAL_TO", Value: "a.example"}},
	}).Extract())
	Same(made, Must(policies.Get(client, made.ID).Extract()))
	found := Must(policies.ExtractPolicies(Must(policies.List(client, policies.ListOpts{ListenerID: []string{listener}}).AllPages())))
	Same([]policies.Policy{*made}, found)
	Must(policies.Update(client, made.ID, policies.UpdateOpts{Name: Ptr("changed")}).Extract())
	rule := Must(rules.Create(client, made.ID, rules.CreateOpts{Type: rules.Path, CompareType: rules.StartsWith, Value: "/a"}).Extract())
	Same(rule, Must(rules.Get(client, made.ID, rule.ID).Extract()))
	Must(rules.Update(client, made.ID, rule.ID, rules.UpdateOpts{CompareType: rules.EqualTo, Value: "/b"}).Extract())
	Expect(len(Must(rules.ExtractRules(Must(rules.List(client, made.ID, nil).AllPages())))) == 2, "rules")
	expectDone(rules.Delete(client, made.ID, rule.ID).ExtractErr())
	expectDone(policies.Delete(client, made.ID).ExtractErr())
	expectDone(pools.Delete(client, pool).ExtractErr())
	expectDone(listeners.Delete(client, listener).ExtractErr())
	expectDone(loadbalancers.Delete(client, lb).ExtractErr())
}

func certificatesIpGroupsAndSecurityPolicies() {
	certificate := Must(certificates.Create(client, certificates.CreateOpts{Name: "otc", Certificate: Pem("leaf"), PrivateKey: Pem("leaf.key")}).Extract())
	Same(certificate, Must(certificates.Get(client, certificate.ID).Extract()))
	Must(certificates.Update(client, certificate.ID, certificates.UpdateOpts{Name: "changed"}).Extract())
	Expect(len(Must(certificates.ExtractCertificates(Must(certificates.List(client, certificates.ListOpts{}).AllPages())))) == 1, "certificates")
	expectDone(certificates.Delete(client, certificate.ID).ExtractErr())

	group := Must(ipgroups.Create(client, ipgroups.CreateOpts{Name: "otc", IpList: &[]ipgroups.IpGroupOption{{Ip: "192.0.2.1"}}}))
	Same(group, Must(ipgroups.Get(client, group.ID)))
	added := Must(ipgroups.UpdateIpList(client, group.ID, ipgroups.UpdateOpts{IpList: &[]ipgroups.IpGroupOption{{Ip: "192.0.2.2"}}}))
	Expect(len(added.IpList) == 2, "added %v", added)
	left := Must(ipgroups.DeleteIpFromList(client, group.ID, ipgroups.BatchDeleteOpts{IpList: []ipgroups.IpList{{Ip: "192.0.2.1"}}}))
	Expect(len(left.IpList) == 1, "left %v", left)
	expectDone(ipgroups.Update(client, group.ID, ipgroups.UpdateOpts{Name: "changed"}))
	Expect(len(Must(ipgroups.List(client, ipgroups.ListOpts{Name: []string{"changed"}}))) == 1, "IP groups")
	expectDone(ipgroups.Delete(client, group.ID))

	policy := Must(security.Create(client, security.CreateOpts{Name: "otc", Protocols: []string{"TLSv1.2"}, Ciphers: []string{"AES128-SHA"}})).SecurityPolicy
	Same(policy, Must(security.Get(client, policy.ID)).SecurityPolicy)
	Must(security.Update(client, security.UpdateOpts{Name: "changed"}, policy.ID))
	Expect(len(Must(security.List(client, security.ListOpts{}))) == 1, "security policies")
	Expect(len(Must(security.ListSystemPolicies(client))) > 0, "no system policies")
	expectDone(security.Delete(client, policy.ID))
}

func flavorsAndTags() {
	found := Must(flavors.ExtractFlavors(Must(flavors.List(client, flavors.ListOpts{Shared: Ptr(true)}).AllPages())))
	Same(found[0].ID, Must(flavors.Get(client, found[0].ID).Extract()).ID)
	lb := newLoadBalancer("otc tags").ID
	older := Must(openstack.NewELBV2(provider, region))
	expectDone(tags.Create(older, "loadbalancers", lb, []tags.ResourceTag{{Key: "more", Value: "v"}}).ExtractErr())
	Expect(len(Must(tags.Get(older, "loadbalancers", lb).Extract())) == 2, "tags")
	expectDone(tags.Delete(older, "loadbalancers", lb, []tags.ResourceTag{{Key: "team", Value: "otc"}}).ExtractErr())
	expectDone(loadbalancers.Delete(client, lb).ExtractErr())
}

func runAs(who string, options otc.AuthOptionsProvider) {
	client = nil
	Check(who+" finds the load balancers in the service catalog", func() {
		provider = Must(openstack.AuthenticatedClient(options))
		client = Must(openstack.NewELBV3(provider, region))
	})
	Check(who+": load balancers live", loadBalancers)
	Check(who+": listeners live", listenersOfALoadBalancer)
	Check(who+": pools, members and health monitors live", poolsMembersAndMonitors)
	Check(who+": l7 policies and l7 rules live", policiesAndRules)
	Check(who+": certificates, IP groups and security policies live", certificatesIpGroupsAndSecurityPolicies)
	Check(who+": flavors are read, and tags come and go through v2.0", flavorsAndTags)
}

func main() {
	domain := os.Getenv("ELBOW_DOMAIN")
	runAs("a user with a password", otc.AuthOptions{
		IdentityEndpoint: identity,
		Username:         os.Getenv("ELBOW_USER"),
		Password:         os.Getenv("ELBOW_PASSWORD"),
		DomainName:       domain,
		TenantName:       os.Getenv("ELBOW_REGION"),
		AllowReauth:      true,
	})
	runAs("an access key", otc.AKSKAuthOptions{
		IdentityEndpoint: identity,
		AccessKey:        os.Getenv("ELBOW_ACCESS_KEY"),
		SecretKey:        os.Getenv("ELBOW_SECRET_KEY"),
		ProjectName:      os.Getenv("ELBOW_REGION"),
		Domain:           domain,
		Region:           os.Getenv("ELBOW_REGION"),
	})
}
