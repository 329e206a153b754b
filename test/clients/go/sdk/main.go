// Drives the life of every resource through the official Go SDK, and reports each part as a line of JSON.
package main

import (
	"os"
	"strconv"

	. "elbow.test/clients/report"

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

// refused checks that the SDK reads the whole of an error: status, code, message and request id.
func refused(status int, err error) *sdkerr.ServiceResponseError {
	fault, is := err.(*sdkerr.ServiceResponseError)
	Expect(is, "not refused: %v", err)
	Expect(fault.StatusCode == status, "refused with %v", fault)
	Expect(fault.ErrorCode != "" && fault.ErrorMessage != "" && fault.RequestId != "", "%v lacks a part", fault)
	return fault
}

func newLoadBalancer(name string) *model.LoadBalancer {
	return Must(client.CreateLoadBalancer(&model.CreateLoadBalancerRequest{Body: &model.CreateLoadBalancerRequestBody{
		Loadbalancer: &model.CreateLoadBalancerOption{
			Name:                 Ptr(name),
			VipSubnetCidrId:      Ptr(os.Getenv("ELBOW_SUBNET_ID")),
			AvailabilityZoneList: []string{os.Getenv("ELBOW_ZONE")},
			IpTargetEnable:       Ptr(true),
			Tags:                 &[]model.Tag{{Key: Ptr("team"), Value: Ptr("go")}},
		},
	}})).Loadbalancer
}

func deleteLoadBalancer(id string) {
	Must(client.DeleteLoadBalancerForce(&model.DeleteLoadBalancerForceRequest{LoadbalancerId: id}))
}

func newListener(option model.CreateListenerOption) *model.Listener {
	return Must(client.CreateListener(&model.CreateListenerRequest{Body: &model.CreateListenerRequestBody{Listener: &option}})).Listener
}

func httpListener(lb string) *model.Listener {
	return newListener(model.CreateListenerOption{LoadbalancerId: lb, Protocol: "HTTP", ProtocolPort: Ptr(int32(80))})
}

func newPool(option model.CreatePoolOption) *model.Pool {
	option.Protocol, option.LbAlgorithm = "HTTP", "ROUND_ROBIN"
	return Must(client.CreatePool(&model.CreatePoolRequest{Body: &model.CreatePoolRequestBody{Pool: &option}})).Pool
}

func newMember(pool string, option model.CreateMemberOption) *model.Member {
	option.Address = "127.0.0.1"
	body := &model.CreateMemberRequestBody{Member: &option}
	return Must(client.CreateMember(&model.CreateMemberRequest{PoolId: pool, Body: body})).Member
}

func showMember(pool, id string) *model.Member {
	return Must(client.ShowMember(&model.ShowMemberRequest{PoolId: pool, MemberId: id})).Member
}

func loadBalancers() {
	made := newLoadBalancer("go lb (ü)")
	Expect(made.ProvisioningStatus == "ACTIVE", "status %s", made.ProvisioningStatus)
	request := &model.ShowLoadBalancerRequest{LoadbalancerId: made.Id}
	Same(made, Must(client.ShowLoadBalancer(request)).Loadbalancer)
	found := Must(client.ListLoadBalancers(&model.ListLoadBalancersRequest{Name: &[]string{"absent", "go lb (ü)"}, IpVersion: &[]int32{4}}))
	Expect(len(*found.Loadbalancers) == 1, "found %v", found)
	option := &model.UpdateLoadBalancerOption{Name: Ptr(""), Description: Ptr("second")}
	updated := Must(client.UpdateLoadBalancer(&model.UpdateLoadBalancerRequest{
		LoadbalancerId: made.Id, Body: &model.UpdateLoadBalancerRequestBody{Loadbalancer: option},
	})).Loadbalancer
	Expect(updated.Name == "" && updated.Description == "second", "updated %v", updated)
	statuses := Must(client.ShowLoadBalancerStatus(&model.ShowLoadBalancerStatusRequest{LoadbalancerId: made.Id}))
	Expect(statuses.Statuses.Loadbalancer.OperatingStatus == "ONLINE", "statuses %v", statuses)
	Must(client.DeleteLoadBalancer(&model.DeleteLoadBalancerRequest{LoadbalancerId: made.Id}))
	_, err := client.ShowLoadBalancer(request)
	Expect(refused(404, err).ErrorCode == "ELB.8904", "error %v", err)
}

func listeners() {
	lb := newLoadBalancer("go listeners")
	made := httpListener(lb.Id)
	Same(made, Must(client.ShowListener(&model.ShowListenerRequest{ListenerId: made.Id})).Listener)
	newListener(model.CreateListenerOption{LoadbalancerId: lb.Id, Protocol: "TCP", ProtocolPort: Ptr(int32(81))})
	found := Must(client.ListListeners(&model.ListListenersRequest{LoadbalancerId: &[]string{lb.Id}, Protocol: &[]string{"TCP", "UDP"}}))
	Expect(len(*found.Listeners) == 1, "found %v", found)
	option := &model.UpdateListenerOption{Name: Ptr(""), ClientTimeout: Ptr(int32(50))}
	updated := Must(client.UpdateListener(&model.UpdateListenerRequest{
		ListenerId: made.Id, Body: &model.UpdateListenerRequestBody{Listener: option},
	})).Listener
	Expect(updated.ClientTimeout == 50, "updated %v", updated)
	_, err := client.DeleteLoadBalancer(&model.DeleteLoadBalancerRequest{LoadbalancerId: lb.Id})
	refused(409, err)
	Must(client.DeleteListener(&model.DeleteListenerRequest{ListenerId: made.Id}))
	deleteLoadBalancer(lb.Id)
}

func pools() {
	lb := newLoadBalancer("go pools")
	sticky := &model.CreatePoolSessionPersistenceOption{
		Type: model.GetCreatePoolSessionPersistenceOptionTypeEnum().HTTP_COOKIE, PersistenceTimeout: Ptr(int32(10)),
	}
	made := newPool(model.CreatePoolOption{LoadbalancerId: &lb.Id, Name: Ptr("web"), SessionPersistence: sticky})
	Same(made, Must(client.ShowPool(&model.ShowPoolRequest{PoolId: made.Id})).Pool)
	bare := newPool(model.CreatePoolOption{LoadbalancerId: &lb.Id})
	found := Must(client.ListPools(&model.ListPoolsRequest{LoadbalancerId: &[]string{lb.Id}, Name: &[]string{"web"}}))
	Expect(len(*found.Pools) == 1, "found %v", found)
	option := &model.UpdatePoolOption{Name: Ptr(""), LbAlgorithm: Ptr("SOURCE_IP")}
	updated := Must(client.UpdatePool(&model.UpdatePoolRequest{PoolId: bare.Id, Body: &model.UpdatePoolRequestBody{Pool: option}})).Pool
	Expect(updated.LbAlgorithm == "SOURCE_IP", "updated %v", updated)
	Must(client.DeletePool(&model.DeletePoolRequest{PoolId: made.Id}))
	deleteLoadBalancer(lb.Id)
}

func members() {
	lb := newLoadBalancer("go members")
	pool := newPool(model.CreatePoolOption{LoadbalancerId: &lb.Id}).Id
	made := newMember(pool, model.CreateMemberOption{ProtocolPort: Ptr(int32(81)), Name: Ptr("a+b ü & c"), Weight: Ptr(int32(0))})
	Expect(made.Weight == 0 && made.OperatingStatus == "NO_MONITOR", "made %v", made)
	Same(made, showMember(pool, made.Id))
	for _, weight := range []int32{10, 2, 1} {
		newMember(pool, model.CreateMemberOption{ProtocolPort: Ptr(100 + weight), Weight: Ptr(weight)})
	}
	// The SDK keeps the order of repeated values.
	found := Must(client.ListMembers(&model.ListMembersRequest{PoolId: pool, Weight: &[]int32{10, 2, 0}, Name: &[]string{"b", "a+b ü & c", ""}}))
	Expect(len(*found.Members) == 3, "found %v", found)
	seen, marker := 0, (*string)(nil)
	for pages := 0; pages == 0 || marker != nil && *marker != "" && pages < 9; pages++ {
		page := Must(client.ListMembers(&model.ListMembersRequest{PoolId: pool, Limit: Ptr(int32(3)), Marker: marker}))
		seen, marker = seen+len(*page.Members), page.PageInfo.NextMarker
	}
	Expect(seen == 4, "%d members on all pages", seen)
	all := Must(client.ListAllMembers(&model.ListAllMembersRequest{PoolId: &[]string{pool}}))
	Expect(len(*all.Members) == 4, "all members %v", all)
	option := &model.UpdateMemberOption{Name: Ptr(""), Weight: Ptr(int32(0))}
	Must(client.UpdateMember(&model.UpdateMemberRequest{PoolId: pool, MemberId: made.Id, Body: &model.UpdateMemberRequestBody{Member: option}}))
	Expect(showMember(pool, made.Id).Name == "", "the name is not cleared")
	Must(client.DeleteMember(&model.DeleteMemberRequest{PoolId: pool, MemberId: made.Id}))
	_, err := client.ShowMember(&model.ShowMemberRequest{PoolId: pool, MemberId: made.Id})
	refused(404, err)
	wrong := &model.CreateMemberRequestBody{Member: &model.CreateMemberOption{Address: "nonsense", ProtocolPort: Ptr(int32(1))}}
	_, err = client.CreateMember(&model.CreateMemberRequest{PoolId: pool, Body: wrong})
	Expect(refused(400, err).ErrorCode == "ELB.8902", "error %v", err)
	deleteLoadBalancer(lb.Id)
}

func memberBatches() {
	lb := newLoadBalancer("go batches")
	pool := newPool(model.CreatePoolOption{LoadbalancerId: &lb.Id}).Id
	options := []model.BatchCreateMembersOption{
		{Address: "127.0.0.1", ProtocolPort: 80}, {Address: "127.0.0.1", ProtocolPort: 81, Weight: Ptr(int32(0))},
	}
	added := *Must(client.BatchCreateMembers(&model.BatchCreateMembersRequest{
		PoolId: pool, Body: &model.BatchCreateMembersRequestBody{Members: options},
	})).Members
	Expect(len(added) == 2 && added[1].RetStatus == "successful", "added %v", added)
	Must(client.BatchUpdateMembers(&model.BatchUpdateMembersRequest{PoolId: pool, Body: &model.BatchUpdateMembersRequestBody{
		Members: []model.BatchUpdateMembersOption{{Id: added[0].Id, Weight: Ptr(int32(7))}},
	}}))
	Expect(showMember(pool, added[0].Id).Weight == 7, "the weight is not changed")
	deleted := *Must(client.BatchDeleteMembers(&model.BatchDeleteMembersRequest{PoolId: pool, Body: &model.BatchDeleteMembersRequestBody{
		Members: []model.BatchDeleteMembersOption{{Id: &added[0].Id}, {Address: Ptr("127.0.0.1"), ProtocolPort: Ptr(int32(9))}},
	}})).Members
	Expect(deleted[0].RetStatus == "successful" && deleted[1].RetStatus == "not found", "deleted %v", deleted)
	deleteLoadBalancer(lb.Id)
}

func healthMonitors() {
	lb := newLoadBalancer("go health")
	pool := newPool(model.CreatePoolOption{ListenerId: Ptr(httpListener(lb.Id).Id)}).Id
	port := Must(strconv.Atoi(os.Getenv("ELBOW_MEMBER_PORT")))
	up := newMember(pool, model.CreateMemberOption{ProtocolPort: Ptr(int32(port))}).Id
	down := newMember(pool, model.CreateMemberOption{ProtocolPort: Ptr(int32(1))}).Id
	option := &model.CreateHealthMonitorOption{PoolId: pool, Type: "HTTP", Delay: 1, Timeout: 1, MaxRetries: 1, MaxRetriesDown: Ptr(int32(1))}
	made := Must(client.CreateHealthMonitor(&model.CreateHealthMonitorRequest{
		Body: &model.CreateHealthMonitorRequestBody{Healthmonitor: option},
	})).Healthmonitor
	Same(made, Must(client.ShowHealthMonitor(&model.ShowHealthMonitorRequest{HealthmonitorId: made.Id})).Healthmonitor)
	Until("ONLINE member", func() bool { return showMember(pool, up).OperatingStatus == "ONLINE" })
	Until("OFFLINE member", func() bool { return showMember(pool, down).OperatingStatus == "OFFLINE" })
	found := Must(client.ListHealthMonitors(&model.ListHealthMonitorsRequest{Type: &[]string{"HTTP"}, Delay: &[]int32{2, 1}}))
	Expect(len(*found.Healthmonitors) == 1, "found %v", found)
	changed := &model.UpdateHealthMonitorRequestBody{Healthmonitor: &model.UpdateHealthMonitorOption{Delay: Ptr(int32(50))}}
	Must(client.UpdateHealthMonitor(&model.UpdateHealthMonitorRequest{HealthmonitorId: made.Id, Body: changed}))
	Must(client.DeleteHealthMonitor(&model.DeleteHealthMonitorRequest{HealthmonitorId: made.Id}))
	deleteLoadBalancer(lb.Id)
}

func policiesAndRules() {
	lb := newLoadBalancer("go policies")
	listener, pool := httpListener(lb.Id).Id, newPool(model.CreatePoolOption{LoadbalancerId: &lb.Id}).Id
	made := Must(client.CreateL7Policy(&model.CreateL7PolicyRequest{Body: &model.CreateL7PolicyRequestBody{L7policy: &model.CreateL7PolicyOption{
		Action: "REDIRECT_TO_POOL", ListenerId: listener, RedirectPoolId: &pool,
		Rules: &[]model.CreateL7PolicyRuleOption{{Type: "HOST_NAME", CompareType: "EQUAL_TO", Value: "a.example"}},
	}}})).L7policy
	Same(made, Must(client.ShowL7Policy(&model.ShowL7PolicyRequest{L7policyId: made.Id})).L7policy)
	found := Must(client.ListL7Policies(&model.ListL7PoliciesRequest{ListenerId: &[]string{listener}}))
	Expect(len(*found.L7policies) == 1, "found %v", found)
	Must(client.UpdateL7Policy(&model.UpdateL7PolicyRequest{
		L7policyId: made.Id, Body: &model.UpdateL7PolicyRequestBody{L7policy: &model.UpdateL7PolicyOption{Name: Ptr("changed")}},
	}))
	option := &model.CreateRuleOption{Type: "PATH", CompareType: "STARTS_WITH", Value: "/a"}
	rule := Must(client.CreateL7Rule(&model.CreateL7RuleRequest{L7policyId: made.Id, Body: &model.CreateL7RuleRequestBody{Rule: option}})).Rule
	Same(rule, Must(client.ShowL7Rule(&model.ShowL7RuleRequest{L7policyId: made.Id, L7ruleId: rule.Id})).Rule)
	rules := Must(client.ListL7Rules(&model.ListL7RulesRequest{L7policyId: made.Id, Type: &[]string{"PATH"}}))
	Expect(len(*rules.Rules) == 1, "found %v", rules)
	changed := &model.UpdateL7RuleRequestBody{Rule: &model.UpdateL7RuleOption{Value: Ptr("/b")}}
	Must(client.UpdateL7Rule(&model.UpdateL7RuleRequest{L7policyId: made.Id, L7ruleId: rule.Id, Body: changed}))
	Must(client.DeleteL7Rule(&model.DeleteL7RuleRequest{L7policyId: made.Id, L7ruleId: rule.Id}))
	Must(client.DeleteL7Policy(&model.DeleteL7PolicyRequest{L7policyId: made.Id}))
	deleteLoadBalancer(lb.Id)
}

func certificates() {
	made := Must(client.CreateCertificate(&model.CreateCertificateRequest{Body: &model.CreateCertificateRequestBody{
		Certificate: &model.CreateCertificateOption{Name: Ptr("go"), Certificate: Pem("leaf"), PrivateKey: Ptr(Pem("leaf.key"))},
	}})).Certificate
	Same(made, Must(client.ShowCertificate(&model.ShowCertificateRequest{CertificateId: made.Id})).Certificate)
	found := Must(client.ListCertificates(&model.ListCertificatesRequest{Name: &[]string{"go"}}))
	Expect(len(*found.Certificates) == 1, "found %v", found)
	changed := &model.UpdateCertificateRequestBody{Certificate: &model.UpdateCertificateOption{Description: Ptr("changed")}}
	Must(client.UpdateCertificate(&model.UpdateCertificateRequest{CertificateId: made.Id, Body: changed}))
	Must(client.DeleteCertificate(&model.DeleteCertificateRequest{CertificateId: made.Id}))
}

func ipGroups() {
	made := Must(client.CreateIpGroup(&model.CreateIpGroupRequest{Body: &model.CreateIpGroupRequestBody{
		Ipgroup: &model.CreateIpGroupOption{Name: Ptr("go"), IpList: []model.CreateIpGroupIpOption{{Ip: "10.0.0.0/8"}, {Ip: "192.0.2.1"}}},
	}})).Ipgroup
	Same(made, Must(client.ShowIpGroup(&model.ShowIpGroupRequest{IpgroupId: made.Id})).Ipgroup)
	added := &model.UpdateIpListOption{IpList: &[]model.UpadateIpGroupIpOption{{Ip: "192.0.2.2"}}}
	Must(client.UpdateIpList(&model.UpdateIpListRequest{IpgroupId: made.Id, Body: &model.UpdateIpListRequestBody{Ipgroup: added}}))
	removed := &model.BatchDeleteIpListOption{IpList: &[]model.IpGroupIp{{Ip: "192.0.2.1"}}}
	left := Must(client.BatchDeleteIpList(&model.BatchDeleteIpListRequest{IpgroupId: made.Id, Body: &model.BatchDeleteIpListRequestBody{Ipgroup: removed}})).Ipgroup
	Expect(len(left.IpList) == 2, "left %v", left)
	found := Must(client.ListIpGroups(&model.ListIpGroupsRequest{Name: &[]string{"go"}}))
	Expect(len(*found.Ipgroups) == 1, "found %v", found)
	changed := &model.UpdateIpGroupRequestBody{Ipgroup: &model.UpdateIpGroupOption{Description: Ptr("changed")}}
	Must(client.UpdateIpGroup(&model.UpdateIpGroupRequest{IpgroupId: made.Id, Body: changed}))
	Must(client.DeleteIpGroup(&model.DeleteIpGroupRequest{IpgroupId: made.Id}))
}

func securityPolicies() {
	made := Must(client.CreateSecurityPolicy(&model.CreateSecurityPolicyRequest{Body: &model.CreateSecurityPolicyRequestBody{
		SecurityPolicy: &model.CreateSecurityPolicyOption{
			Name: Ptr("go"), Protocols: []string{"TLSv1.2"},
			Ciphers: []model.CreateSecurityPolicyOptionCiphers{model.GetCreateSecurityPolicyOptionCiphersEnum().ECDHE_RSA_AES256_GCM_SHA384},
		},
	}})).SecurityPolicy
	Same(made, Must(client.ShowSecurityPolicy(&model.ShowSecurityPolicyRequest{SecurityPolicyId: made.Id})).SecurityPolicy)
	found := Must(client.ListSecurityPolicies(&model.ListSecurityPoliciesRequest{Name: &[]string{"go"}}))
	Expect(len(*found.SecurityPolicies) == 1, "found %v", found)
	changed := &model.UpdateSecurityPolicyRequestBody{SecurityPolicy: &model.UpdateSecurityPolicyOption{Name: Ptr("changed")}}
	Must(client.UpdateSecurityPolicy(&model.UpdateSecurityPolicyRequest{SecurityPolicyId: made.Id, Body: changed}))
	Must(client.DeleteSecurityPolicy(&model.DeleteSecurityPolicyRequest{SecurityPolicyId: made.Id}))
	Expect(len(*Must(client.ListSystemSecurityPolicies(&model.ListSystemSecurityPoliciesRequest{})).SystemSecurityPolicies) > 0, "no system policies")
}

func masterSlavePools() {
	lb := newLoadBalancer("go pair")
	roles := model.GetCreateMasterSlaveMemberOptionRoleEnum()
	made := Must(client.CreateMasterSlavePool(&model.CreateMasterSlavePoolRequest{Body: &model.CreateMasterSlavePoolRequestBody{
		Pool: &model.CreateMasterSlavePoolOption{
			LoadbalancerId: &lb.Id, Name: Ptr("pair"), Protocol: "TCP", LbAlgorithm: "ROUND_ROBIN", Type: "ip",
			Members: []model.CreateMasterSlaveMemberOption{
				{Address: "127.0.0.1", ProtocolPort: 80, Role: roles.MASTER}, {Address: "127.0.0.1", ProtocolPort: 81, Role: roles.SLAVE},
			},
			Healthmonitor: &model.CreateMasterSlaveHealthMonitorOption{Type: "TCP", Delay: 5, Timeout: 3, MaxRetries: 3},
		},
	}})).Pool
	Same(made, Must(client.ShowMasterSlavePool(&model.ShowMasterSlavePoolRequest{PoolId: made.Id})).Pool)
	found := Must(client.ListMasterSlavePools(&model.ListMasterSlavePoolsRequest{Name: &[]string{"pair"}}))
	Expect(len(*found.Pools) == 1, "found %v", found)
	Must(client.DeleteMasterSlavePool(&model.DeleteMasterSlavePoolRequest{PoolId: made.Id}))
	deleteLoadBalancer(lb.Id)
}

func logtanks() {
	lb := newLoadBalancer("go logs")
	made := Must(client.CreateLogtank(&model.CreateLogtankRequest{Body: &model.CreateLogtankRequestBody{
		Logtank: &model.CreateLogtankOption{LoadbalancerId: lb.Id, LogGroupId: "g", LogTopicId: "t"},
	}})).Logtank
	Same(made, Must(client.ShowLogtank(&model.ShowLogtankRequest{LogtankId: made.Id})).Logtank)
	found := Must(client.ListLogtanks(&model.ListLogtanksRequest{LoadbalancerId: &[]string{lb.Id}}))
	Expect(len(*found.Logtanks) == 1, "found %v", found)
	changed := &model.UpdateLogtankRequestBody{Logtank: &model.UpdateLogtankOption{LogGroupId: Ptr("h"), LogTopicId: Ptr("t")}}
	Must(client.UpdateLogtank(&model.UpdateLogtankRequest{LogtankId: made.Id, Body: changed}))
	Must(client.DeleteLogtank(&model.DeleteLogtankRequest{LogtankId: made.Id}))
	deleteLoadBalancer(lb.Id)
}

func catalogue() {
	zones := *Must(client.ListAvailabilityZones(&model.ListAvailabilityZonesRequest{})).AvailabilityZones
	Expect(len(zones) > 0 && zones[0][0].Code != "", "zones %v", zones)
	flavors := *Must(client.ListFlavors(&model.ListFlavorsRequest{Type: &[]string{"L7"}})).Flavors
	Same(flavors[0].Id, Must(client.ShowFlavor(&model.ShowFlavorRequest{FlavorId: flavors[0].Id})).Flavor.Id)
	Expect(Must(client.ShowQuota(&model.ShowQuotaRequest{})).Quota.Loadbalancer == -1, "there is a quota")
	details := *Must(client.ListQuotaDetails(&model.ListQuotaDetailsRequest{QuotaKey: &[]string{"member", "pool"}})).Quotas
	Expect(len(details) == 2, "quota details %v", details)
	Expect(len(*Must(client.ListApiVersions(&model.ListApiVersionsRequest{})).Versions) > 0, "no versions")
}

func authentication() {
	_, err := clientWith("wrong").ListPools(&model.ListPoolsRequest{})
	Expect(refused(401, err).ErrorCode == "SYS.0401", "error %v", err)
	credentials := basic.NewCredentialsBuilder().
		WithAk(os.Getenv("ELBOW_ACCESS_KEY")).
		WithSk(os.Getenv("ELBOW_SECRET_KEY")).
		WithIamEndpointOverride(os.Getenv("ELBOW_URL")).
		Build()
	local := region.NewRegion(os.Getenv("ELBOW_REGION"), os.Getenv("ELBOW_URL"))
	discovering := elb.NewElbClient(elb.ElbClientBuilder().WithRegion(local).WithCredential(credentials).Build())
	Expect(Must(discovering.ShowQuota(&model.ShowQuotaRequest{})).Quota.ProjectId == os.Getenv("ELBOW_PROJECT_ID"), "another project")
}

func main() {
	Check("load balancers live", loadBalancers)
	Check("listeners live", listeners)
	Check("pools live", pools)
	Check("members live, are filtered by repeated values, and page", members)
	Check("members are added, changed and deleted in batches", memberBatches)
	Check("health monitors live, and members become ONLINE and OFFLINE", healthMonitors)
	Check("l7 policies and l7 rules live", policiesAndRules)
	Check("certificates live", certificates)
	Check("IP groups live, with their entries", ipGroups)
	Check("security policies live", securityPolicies)
	Check("master-slave pools live", masterSlavePools)
	Check("logtanks live", logtanks)
	Check("zones, flavors, quotas and versions are read", catalogue)
	Check("a wrong secret is refused, and a project is found by the region's name", authentication)
}
