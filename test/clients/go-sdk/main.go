// Drives the life of every resource through the official Go SDK, and reports each part as a line of JSON.
package main

import (
	"os"
	"path/filepath"
	"reflect"
	"strconv"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/basic"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/region"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/sdkerr"
	elb "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/elb/v3"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/elb/v3/model"
)

var client = clientWith(os.Getenv("ELBOW_SECRET_KEY"))

func clientWith(secret string) *elb.ElbClient {
	credentials := basic.NewCredentialsBuilder().
		WithAk(os.Getenv("ELBOW_ACCESS_KEY")).
		WithSk(secret).
		WithProjectId(os.Getenv("ELBOW_PROJECT_ID")).
		Build()
	return elb.NewElbClient(elb.ElbClientBuilder().
		WithEndpoint(os.Getenv("ELBOW_URL")).
		WithCredential(credentials).
		Build())
}

func ptr[T any](value T) *T { return &value }

func same(made, shown any) {
	expect(reflect.DeepEqual(made, shown), "made %v, shown %v", made, shown)
}

// refused checks that the SDK reads the whole of an error: status, code, message and request id.
func refused(status int, err error) *sdkerr.ServiceResponseError {
	fault, is := err.(*sdkerr.ServiceResponseError)
	expect(is, "not refused: %v", err)
	expect(fault.StatusCode == status, "refused with %v", fault)
	expect(fault.ErrorCode != "" && fault.ErrorMessage != "" && fault.RequestId != "", "%v lacks a part", fault)
	return fault
}

func newLoadBalancer(name string) *model.LoadBalancer {
	return must(client.CreateLoadBalancer(&model.CreateLoadBalancerRequest{Body: &model.CreateLoadBalancerRequestBody{
		Loadbalancer: &model.CreateLoadBalancerOption{
			Name:                 ptr(name),
			VipSubnetCidrId:      ptr(os.Getenv("ELBOW_SUBNET_ID")),
			AvailabilityZoneList: []string{os.Getenv("ELBOW_ZONE")},
			IpTargetEnable:       ptr(true),
			Tags:                 &[]model.Tag{{Key: ptr("team"), Value: ptr("go")}},
		},
	}})).Loadbalancer
}

func deleteLoadBalancer(id string) {
	must(client.DeleteLoadBalancerForce(&model.DeleteLoadBalancerForceRequest{LoadbalancerId: id}))
}

func newListener(option model.CreateListenerOption) *model.Listener {
	return must(client.CreateListener(&model.CreateListenerRequest{Body: &model.CreateListenerRequestBody{Listener: &option}})).Listener
}

func httpListener(lb string) *model.Listener {
	return newListener(model.CreateListenerOption{LoadbalancerId: lb, Protocol: "HTTP", ProtocolPort: ptr(int32(80))})
}

func newPool(option model.CreatePoolOption) *model.Pool {
	option.Protocol, option.LbAlgorithm = "HTTP", "ROUND_ROBIN"
	return must(client.CreatePool(&model.CreatePoolRequest{Body: &model.CreatePoolRequestBody{Pool: &option}})).Pool
}

func newMember(pool string, option model.CreateMemberOption) *model.Member {
	option.Address = "127.0.0.1"
	body := &model.CreateMemberRequestBody{Member: &option}
	return must(client.CreateMember(&model.CreateMemberRequest{PoolId: pool, Body: body})).Member
}

func showMember(pool, id string) *model.Member {
	return must(client.ShowMember(&model.ShowMemberRequest{PoolId: pool, MemberId: id})).Member
}

func pem(name string) string {
	return string(must(os.ReadFile(filepath.Join(os.Getenv("ELBOW_TEST_DATA"), name+".pem"))))
}

func loadBalancers() {
	made := newLoadBalancer("go lb (ü)")
	expect(made.ProvisioningStatus == "ACTIVE", "status %s", made.ProvisioningStatus)
	request := &model.ShowLoadBalancerRequest{LoadbalancerId: made.Id}
	same(made, must(client.ShowLoadBalancer(request)).Loadbalancer)
	found := must(client.ListLoadBalancers(&model.ListLoadBalancersRequest{Name: &[]string{"absent", "go lb (ü)"}, IpVersion: &[]int32{4}}))
	expect(len(*found.Loadbalancers) == 1, "found %v", found)
	option := &model.UpdateLoadBalancerOption{Name: ptr(""), Description: ptr("second")}
	updated := must(client.UpdateLoadBalancer(&model.UpdateLoadBalancerRequest{
		LoadbalancerId: made.Id, Body: &model.UpdateLoadBalancerRequestBody{Loadbalancer: option},
	})).Loadbalancer
	expect(updated.Name == "" && updated.Description == "second", "updated %v", updated)
	statuses := must(client.ShowLoadBalancerStatus(&model.ShowLoadBalancerStatusRequest{LoadbalancerId: made.Id}))
	expect(statuses.Statuses.Loadbalancer.OperatingStatus == "ONLINE", "statuses %v", statuses)
	must(client.DeleteLoadBalancer(&model.DeleteLoadBalancerRequest{LoadbalancerId: made.Id}))
	_, err := client.ShowLoadBalancer(request)
	expect(refused(404, err).ErrorCode == "ELB.8904", "error %v", err)
}

func listeners() {
	lb := newLoadBalancer("go listeners")
	made := httpListener(lb.Id)
	same(made, must(client.ShowListener(&model.ShowListenerRequest{ListenerId: made.Id})).Listener)
	newListener(model.CreateListenerOption{LoadbalancerId: lb.Id, Protocol: "TCP", ProtocolPort: ptr(int32(81))})
	found := must(client.ListListeners(&model.ListListenersRequest{LoadbalancerId: &[]string{lb.Id}, Protocol: &[]string{"TCP", "UDP"}}))
	expect(len(*found.Listeners) == 1, "found %v", found)
	option := &model.UpdateListenerOption{Name: ptr(""), ClientTimeout: ptr(int32(50))}
	updated := must(client.UpdateListener(&model.UpdateListenerRequest{
		ListenerId: made.Id, Body: &model.UpdateListenerRequestBody{Listener: option},
	})).Listener
	expect(updated.ClientTimeout == 50, "updated %v", updated)
	_, err := client.DeleteLoadBalancer(&model.DeleteLoadBalancerRequest{LoadbalancerId: lb.Id})
	refused(409, err)
	must(client.DeleteListener(&model.DeleteListenerRequest{ListenerId: made.Id}))
	deleteLoadBalancer(lb.Id)
}

func pools() {
	lb := newLoadBalancer("go pools")
	sticky := &model.CreatePoolSessionPersistenceOption{
		Type: model.GetCreatePoolSessionPersistenceOptionTypeEnum().HTTP_COOKIE, PersistenceTimeout: ptr(int32(10)),
	}
	made := newPool(model.CreatePoolOption{LoadbalancerId: &lb.Id, Name: ptr("web"), SessionPersistence: sticky})
	same(made, must(client.ShowPool(&model.ShowPoolRequest{PoolId: made.Id})).Pool)
	bare := newPool(model.CreatePoolOption{LoadbalancerId: &lb.Id})
	found := must(client.ListPools(&model.ListPoolsRequest{LoadbalancerId: &[]string{lb.Id}, Name: &[]string{"web"}}))
	expect(len(*found.Pools) == 1, "found %v", found)
	option := &model.UpdatePoolOption{Name: ptr(""), LbAlgorithm: ptr("SOURCE_IP")}
	updated := must(client.UpdatePool(&model.UpdatePoolRequest{PoolId: bare.Id, Body: &model.UpdatePoolRequestBody{Pool: option}})).Pool
	expect(updated.LbAlgorithm == "SOURCE_IP", "updated %v", updated)
	must(client.DeletePool(&model.DeletePoolRequest{PoolId: made.Id}))
	deleteLoadBalancer(lb.Id)
}

func members() {
	lb := newLoadBalancer("go members")
	pool := newPool(model.CreatePoolOption{LoadbalancerId: &lb.Id}).Id
	made := newMember(pool, model.CreateMemberOption{ProtocolPort: ptr(int32(81)), Name: ptr("a+b ü & c"), Weight: ptr(int32(0))})
	expect(made.Weight == 0 && made.OperatingStatus == "NO_MONITOR", "made %v", made)
	same(made, showMember(pool, made.Id))
	for _, weight := range []int32{10, 2, 1} {
		newMember(pool, model.CreateMemberOption{ProtocolPort: ptr(100 + weight), Weight: ptr(weight)})
	}
	// The SDK keeps the order of repeated values.
	found := must(client.ListMembers(&model.ListMembersRequest{PoolId: pool, Weight: &[]int32{10, 2, 0}, Name: &[]string{"b", "a+b ü & c", ""}}))
	expect(len(*found.Members) == 3, "found %v", found)
	seen, marker := 0, (*string)(nil)
	for pages := 0; pages == 0 || marker != nil && *marker != "" && pages < 9; pages++ {
		page := must(client.ListMembers(&model.ListMembersRequest{PoolId: pool, Limit: ptr(int32(3)), Marker: marker}))
		seen, marker = seen+len(*page.Members), page.PageInfo.NextMarker
	}
	expect(seen == 4, "%d members on all pages", seen)
	all := must(client.ListAllMembers(&model.ListAllMembersRequest{PoolId: &[]string{pool}}))
	expect(len(*all.Members) == 4, "all members %v", all)
	option := &model.UpdateMemberOption{Name: ptr(""), Weight: ptr(int32(0))}
	must(client.UpdateMember(&model.UpdateMemberRequest{PoolId: pool, MemberId: made.Id, Body: &model.UpdateMemberRequestBody{Member: option}}))
	expect(showMember(pool, made.Id).Name == "", "the name is not cleared")
	must(client.DeleteMember(&model.DeleteMemberRequest{PoolId: pool, MemberId: made.Id}))
	_, err := client.ShowMember(&model.ShowMemberRequest{PoolId: pool, MemberId: made.Id})
	refused(404, err)
	wrong := &model.CreateMemberRequestBody{Member: &model.CreateMemberOption{Address: "nonsense", ProtocolPort: ptr(int32(1))}}
	_, err = client.CreateMember(&model.CreateMemberRequest{PoolId: pool, Body: wrong})
	expect(refused(400, err).ErrorCode == "ELB.8902", "error %v", err)
	deleteLoadBalancer(lb.Id)
}

func memberBatches() {
	lb := newLoadBalancer("go batches")
	pool := newPool(model.CreatePoolOption{LoadbalancerId: &lb.Id}).Id
	options := []model.BatchCreateMembersOption{
		{Address: "127.0.0.1", ProtocolPort: 80}, {Address: "127.0.0.1", ProtocolPort: 81, Weight: ptr(int32(0))},
	}
	added := *must(client.BatchCreateMembers(&model.BatchCreateMembersRequest{
		PoolId: pool, Body: &model.BatchCreateMembersRequestBody{Members: options},
	})).Members
	expect(len(added) == 2 && added[1].RetStatus == "successful", "added %v", added)
	must(client.BatchUpdateMembers(&model.BatchUpdateMembersRequest{PoolId: pool, Body: &model.BatchUpdateMembersRequestBody{
		Members: []model.BatchUpdateMembersOption{{Id: added[0].Id, Weight: ptr(int32(7))}},
	}}))
	expect(showMember(pool, added[0].Id).Weight == 7, "the weight is not changed")
	deleted := *must(client.BatchDeleteMembers(&model.BatchDeleteMembersRequest{PoolId: pool, Body: &model.BatchDeleteMembersRequestBody{
		Members: []model.BatchDeleteMembersOption{{Id: &added[0].Id}, {Address: ptr("127.0.0.1"), ProtocolPort: ptr(int32(9))}},
	}})).Members
	expect(deleted[0].RetStatus == "successful" && deleted[1].RetStatus == "not found", "deleted %v", deleted)
	deleteLoadBalancer(lb.Id)
}

func healthMonitors() {
	lb := newLoadBalancer("go health")
	pool := newPool(model.CreatePoolOption{ListenerId: ptr(httpListener(lb.Id).Id)}).Id
	port := must(strconv.Atoi(os.Getenv("ELBOW_MEMBER_PORT")))
	up := newMember(pool, model.CreateMemberOption{ProtocolPort: ptr(int32(port))}).Id
	down := newMember(pool, model.CreateMemberOption{ProtocolPort: ptr(int32(1))}).Id
	option := &model.CreateHealthMonitorOption{PoolId: pool, Type: "HTTP", Delay: 1, Timeout: 1, MaxRetries: 1, MaxRetriesDown: ptr(int32(1))}
	made := must(client.CreateHealthMonitor(&model.CreateHealthMonitorRequest{
		Body: &model.CreateHealthMonitorRequestBody{Healthmonitor: option},
	})).Healthmonitor
	same(made, must(client.ShowHealthMonitor(&model.ShowHealthMonitorRequest{HealthmonitorId: made.Id})).Healthmonitor)
	until("ONLINE member", func() bool { return showMember(pool, up).OperatingStatus == "ONLINE" })
	until("OFFLINE member", func() bool { return showMember(pool, down).OperatingStatus == "OFFLINE" })
	found := must(client.ListHealthMonitors(&model.ListHealthMonitorsRequest{Type: &[]string{"HTTP"}, Delay: &[]int32{2, 1}}))
	expect(len(*found.Healthmonitors) == 1, "found %v", found)
	changed := &model.UpdateHealthMonitorRequestBody{Healthmonitor: &model.UpdateHealthMonitorOption{Delay: ptr(int32(50))}}
	must(client.UpdateHealthMonitor(&model.UpdateHealthMonitorRequest{HealthmonitorId: made.Id, Body: changed}))
	must(client.DeleteHealthMonitor(&model.DeleteHealthMonitorRequest{HealthmonitorId: made.Id}))
	deleteLoadBalancer(lb.Id)
}

func policiesAndRules() {
	lb := newLoadBalancer("go policies")
	listener, pool := httpListener(lb.Id).Id, newPool(model.CreatePoolOption{LoadbalancerId: &lb.Id}).Id
	made := must(client.CreateL7Policy(&model.CreateL7PolicyRequest{Body: &model.CreateL7PolicyRequestBody{L7policy: &model.CreateL7PolicyOption{
		Action: "REDIRECT_TO_POOL", ListenerId: listener, RedirectPoolId: &pool,
		Rules: &[]model.CreateL7PolicyRuleOption{{Type: "HOST_NAME", CompareType: "EQUAL_TO", Value: "a.example"}},
	}}})).L7policy
	same(made, must(client.ShowL7Policy(&model.ShowL7PolicyRequest{L7policyId: made.Id})).L7policy)
	found := must(client.ListL7Policies(&model.ListL7PoliciesRequest{ListenerId: &[]string{listener}}))
	expect(len(*found.L7policies) == 1, "found %v", found)
	must(client.UpdateL7Policy(&model.UpdateL7PolicyRequest{
		L7policyId: made.Id, Body: &model.UpdateL7PolicyRequestBody{L7policy: &model.UpdateL7PolicyOption{Name: ptr("changed")}},
	}))
	option := &model.CreateRuleOption{Type: "PATH", CompareType: "STARTS_WITH", Value: "/a"}
	rule := must(client.CreateL7Rule(&model.CreateL7RuleRequest{L7policyId: made.Id, Body: &model.CreateL7RuleRequestBody{Rule: option}})).Rule
	same(rule, must(client.ShowL7Rule(&model.ShowL7RuleRequest{L7policyId: made.Id, L7ruleId: rule.Id})).Rule)
	rules := must(client.ListL7Rules(&model.ListL7RulesRequest{L7policyId: made.Id, Type: &[]string{"PATH"}}))
	expect(len(*rules.Rules) == 1, "found %v", rules)
	changed := &model.UpdateL7RuleRequestBody{Rule: &model.UpdateL7RuleOption{Value: ptr("/b")}}
	must(client.UpdateL7Rule(&model.UpdateL7RuleRequest{L7policyId: made.Id, L7ruleId: rule.Id, Body: changed}))
	must(client.DeleteL7Rule(&model.DeleteL7RuleRequest{L7policyId: made.Id, L7ruleId: rule.Id}))
	must(client.DeleteL7Policy(&model.DeleteL7PolicyRequest{L7policyId: made.Id}))
	deleteLoadBalancer(lb.Id)
}

func certificates() {
	made := must(client.CreateCertificate(&model.CreateCertificateRequest{Body: &model.CreateCertificateRequestBody{
		Certificate: &model.CreateCertificateOption{Name: ptr("go"), Certificate: pem("leaf"), PrivateKey: ptr(pem("leaf.key"))},
	}})).Certificate
	same(made, must(client.ShowCertificate(&model.ShowCertificateRequest{CertificateId: made.Id})).Certificate)
	found := must(client.ListCertificates(&model.ListCertificatesRequest{Name: &[]string{"go"}}))
	expect(len(*found.Certificates) == 1, "found %v", found)
	changed := &model.UpdateCertificateRequestBody{Certificate: &model.UpdateCertificateOption{Description: ptr("changed")}}
	must(client.UpdateCertificate(&model.UpdateCertificateRequest{CertificateId: made.Id, Body: changed}))
	must(client.DeleteCertificate(&model.DeleteCertificateRequest{CertificateId: made.Id}))
}

func ipGroups() {
	made := must(client.CreateIpGroup(&model.CreateIpGroupRequest{Body: &model.CreateIpGroupRequestBody{
		Ipgroup: &model.CreateIpGroupOption{Name: ptr("go"), IpList: []model.CreateIpGroupIpOption{{Ip: "10.0.0.0/8"}, {Ip: "192.0.2.1"}}},
	}})).Ipgroup
	same(made, must(client.ShowIpGroup(&model.ShowIpGroupRequest{IpgroupId: made.Id})).Ipgroup)
	added := &model.UpdateIpListOption{IpList: &[]model.UpadateIpGroupIpOption{{Ip: "192.0.2.2"}}}
	must(client.UpdateIpList(&model.UpdateIpListRequest{IpgroupId: made.Id, Body: &model.UpdateIpListRequestBody{Ipgroup: added}}))
	removed := &model.BatchDeleteIpListOption{IpList: &[]model.IpGroupIp{{Ip: "192.0.2.1"}}}
	left := must(client.BatchDeleteIpList(&model.BatchDeleteIpListRequest{IpgroupId: made.Id, Body: &model.BatchDeleteIpListRequestBody{Ipgroup: removed}})).Ipgroup
	expect(len(left.IpList) == 2, "left %v", left)
	found := must(client.ListIpGroups(&model.ListIpGroupsRequest{Name: &[]string{"go"}}))
	expect(len(*found.Ipgroups) == 1, "found %v", found)
	changed := &model.UpdateIpGroupRequestBody{Ipgroup: &model.UpdateIpGroupOption{Description: ptr("changed")}}
	must(client.UpdateIpGroup(&model.UpdateIpGroupRequest{IpgroupId: made.Id, Body: changed}))
	must(client.DeleteIpGroup(&model.DeleteIpGroupRequest{IpgroupId: made.Id}))
}

func securityPolicies() {
	made := must(client.CreateSecurityPolicy(&model.CreateSecurityPolicyRequest{Body: &model.CreateSecurityPolicyRequestBody{
		SecurityPolicy: &model.CreateSecurityPolicyOption{
			Name: ptr("go"), Protocols: []string{"TLSv1.2"},
			Ciphers: []model.CreateSecurityPolicyOptionCiphers{model.GetCreateSecurityPolicyOptionCiphersEnum().ECDHE_RSA_AES256_GCM_SHA384},
		},
	}})).SecurityPolicy
	same(made, must(client.ShowSecurityPolicy(&model.ShowSecurityPolicyRequest{SecurityPolicyId: made.Id})).SecurityPolicy)
	found := must(client.ListSecurityPolicies(&model.ListSecurityPoliciesRequest{Name: &[]string{"go"}}))
	expect(len(*found.SecurityPolicies) == 1, "found %v", found)
	changed := &model.UpdateSecurityPolicyRequestBody{SecurityPolicy: &model.UpdateSecurityPolicyOption{Name: ptr("changed")}}
	must(client.UpdateSecurityPolicy(&model.UpdateSecurityPolicyRequest{SecurityPolicyId: made.Id, Body: changed}))
	must(client.DeleteSecurityPolicy(&model.DeleteSecurityPolicyRequest{SecurityPolicyId: made.Id}))
	expect(len(*must(client.ListSystemSecurityPolicies(&model.ListSystemSecurityPoliciesRequest{})).SystemSecurityPolicies) > 0, "no system policies")
}

func masterSlavePools() {
	lb := newLoadBalancer("go pair")
	roles := model.GetCreateMasterSlaveMemberOptionRoleEnum()
	made := must(client.CreateMasterSlavePool(&model.CreateMasterSlavePoolRequest{Body: &model.CreateMasterSlavePoolRequestBody{
		Pool: &model.CreateMasterSlavePoolOption{
			LoadbalancerId: &lb.Id, Name: ptr("pair"), Protocol: "TCP", LbAlgorithm: "ROUND_ROBIN", Type: "ip",
			Members: []model.CreateMasterSlaveMemberOption{
				{Address: "127.0.0.1", ProtocolPort: 80, Role: roles.MASTER}, {Address: "127.0.0.1", ProtocolPort: 81, Role: roles.SLAVE},
			},
			Healthmonitor: &model.CreateMasterSlaveHealthMonitorOption{Type: "TCP", Delay: 5, Timeout: 3, MaxRetries: 3},
		},
	}})).Pool
	same(made, must(client.ShowMasterSlavePool(&model.ShowMasterSlavePoolRequest{PoolId: made.Id})).Pool)
	found := must(client.ListMasterSlavePools(&model.ListMasterSlavePoolsRequest{Name: &[]string{"pair"}}))
	expect(len(*found.Pools) == 1, "found %v", found)
	must(client.DeleteMasterSlavePool(&model.DeleteMasterSlavePoolRequest{PoolId: made.Id}))
	deleteLoadBalancer(lb.Id)
}

func logtanks() {
	lb := newLoadBalancer("go logs")
	made := must(client.CreateLogtank(&model.CreateLogtankRequest{Body: &model.CreateLogtankRequestBody{
		Logtank: &model.CreateLogtankOption{LoadbalancerId: lb.Id, LogGroupId: "g", LogTopicId: "t"},
	}})).Logtank
	same(made, must(client.ShowLogtank(&model.ShowLogtankRequest{LogtankId: made.Id})).Logtank)
	found := must(client.ListLogtanks(&model.ListLogtanksRequest{LoadbalancerId: &[]string{lb.Id}}))
	expect(len(*found.Logtanks) == 1, "found %v", found)
	changed := &model.UpdateLogtankRequestBody{Logtank: &model.UpdateLogtankOption{LogGroupId: ptr("h"), LogTopicId: ptr("t")}}
	must(client.UpdateLogtank(&model.UpdateLogtankRequest{LogtankId: made.Id, Body: changed}))
	must(client.DeleteLogtank(&model.DeleteLogtankRequest{LogtankId: made.Id}))
	deleteLoadBalancer(lb.Id)
}

func catalogue() {
	zones := *must(client.ListAvailabilityZones(&model.ListAvailabilityZonesRequest{})).AvailabilityZones
	expect(len(zones) > 0 && zones[0][0].Code != "", "zones %v", zones)
	flavors := *must(client.ListFlavors(&model.ListFlavorsRequest{Type: &[]string{"L7"}})).Flavors
	same(flavors[0].Id, must(client.ShowFlavor(&model.ShowFlavorRequest{FlavorId: flavors[0].Id})).Flavor.Id)
	expect(must(client.ShowQuota(&model.ShowQuotaRequest{})).Quota.Loadbalancer == -1, "there is a quota")
	details := *must(client.ListQuotaDetails(&model.ListQuotaDetailsRequest{QuotaKey: &[]string{"member", "pool"}})).Quotas
	expect(len(details) == 2, "quota details %v", details)
	expect(len(*must(client.ListApiVersions(&model.ListApiVersionsRequest{})).Versions) > 0, "no versions")
}

func authentication() {
	_, err := clientWith("wrong").ListPools(&model.ListPoolsRequest{})
	expect(refused(401, err).ErrorCode == "SYS.0401", "error %v", err)
	credentials := basic.NewCredentialsBuilder().
		WithAk(os.Getenv("ELBOW_ACCESS_KEY")).
		WithSk(os.Getenv("ELBOW_SECRET_KEY")).
		WithIamEndpointOverride(os.Getenv("ELBOW_URL")).
		Build()
	local := region.NewRegion(os.Getenv("ELBOW_REGION"), os.Getenv("ELBOW_URL"))
	discovering := elb.NewElbClient(elb.ElbClientBuilder().WithRegion(local).WithCredential(credentials).Build())
	expect(must(discovering.ShowQuota(&model.ShowQuotaRequest{})).Quota.ProjectId == os.Getenv("ELBOW_PROJECT_ID"), "another project")
}

func main() {
	check("load balancers live", loadBalancers)
	check("listeners live", listeners)
	check("pools live", pools)
	check("members live, are filtered by repeated values, and page", members)
	check("members are added, changed and deleted in batches", memberBatches)
	check("health monitors live, and members become ONLINE and OFFLINE", healthMonitors)
	check("l7 policies and l7 rules live", policiesAndRules)
	check("certificates live", certificates)
	check("IP groups live, with their entries", ipGroups)
	check("security policies live", securityPolicies)
	check("master-slave pools live", masterSlavePools)
	check("logtanks live", logtanks)
	check("zones, flavors, quotas and versions are read", catalogue)
	check("a wrong secret is refused, and a project is found by the region's name", authentication)
}
