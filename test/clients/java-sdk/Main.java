import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import com.huaweicloud.sdk.core.auth.BasicCredentials;
import com.huaweicloud.sdk.core.region.Region;
import com.huaweicloud.sdk.elb.v3.ElbClient;
import com.huaweicloud.sdk.elb.v3.model.*;

/** Drives the life of every resource through the official Java SDK. */
public final class Main {
    private static final ElbClient client = clientWith(System.getenv("ELBOW_SECRET_KEY"));

    private static ElbClient clientWith(String secret) {
        var credentials = new BasicCredentials()
            .withAk(System.getenv("ELBOW_ACCESS_KEY"))
            .withSk(secret)
            .withProjectId(System.getenv("ELBOW_PROJECT_ID"));
        return ElbClient.newBuilder().withCredential(credentials).withEndpoint(System.getenv("ELBOW_URL")).build();
    }

    private static LoadBalancer newLoadBalancer(String name) {
        var option = new CreateLoadBalancerOption()
            .withName(name)
            .withVipSubnetCidrId(System.getenv("ELBOW_SUBNET_ID"))
            .withAvailabilityZoneList(List.of(System.getenv("ELBOW_ZONE")))
            .withIpTargetEnable(true)
            .withTags(List.of(new Tag().withKey("team").withValue("java")));
        var body = new CreateLoadBalancerRequestBody().withLoadbalancer(option);
        return client.createLoadBalancer(new CreateLoadBalancerRequest().withBody(body)).getLoadbalancer();
    }

    private static void delete(LoadBalancer lb) {
        client.deleteLoadBalancerForce(new DeleteLoadBalancerForceRequest().withLoadbalancerId(lb.getId()));
    }

    private static Listener newListener(LoadBalancer lb, String protocol, int port) {
        var option = new CreateListenerOption().withLoadbalancerId(lb.getId()).withProtocol(protocol).withProtocolPort(port);
        var body = new CreateListenerRequestBody().withListener(option);
        return client.createListener(new CreateListenerRequest().withBody(body)).getListener();
    }

    private static Pool newPool(CreatePoolOption option) {
        var body = new CreatePoolRequestBody().withPool(option.withProtocol("HTTP").withLbAlgorithm("ROUND_ROBIN"));
        return client.createPool(new CreatePoolRequest().withBody(body)).getPool();
    }

    private static Pool newPool(LoadBalancer lb) {
        return newPool(new CreatePoolOption().withLoadbalancerId(lb.getId()).withName("web"));
    }

    private static Member newMember(Pool pool, CreateMemberOption option) {
        var body = new CreateMemberRequestBody().withMember(option.withAddress("127.0.0.1"));
        return client.createMember(new CreateMemberRequest().withPoolId(pool.getId()).withBody(body)).getMember();
    }

    private static Member show(Pool pool, Member member) {
        return client.showMember(new ShowMemberRequest().withPoolId(pool.getId()).withMemberId(member.getId())).getMember();
    }

    private static String pem(String name) throws Exception {
        return Files.readString(Path.of(System.getenv("ELBOW_TEST_DATA"), name + ".pem"));
    }

    private static void loadBalancers() throws Exception {
        var made = newLoadBalancer("java lb (ü)");
        Report.same("ACTIVE", made.getProvisioningStatus());
        var request = new ShowLoadBalancerRequest().withLoadbalancerId(made.getId());
        Report.same(made, client.showLoadBalancer(request).getLoadbalancer());
        var list = new ListLoadBalancersRequest().withName(List.of("java lb (ü)", "absent")).withGuaranteed(true);
        Report.same(List.of(made), client.listLoadBalancers(list).getLoadbalancers());
        var body = new UpdateLoadBalancerRequestBody().withLoadbalancer(new UpdateLoadBalancerOption().withName(""));
        var update = new UpdateLoadBalancerRequest().withLoadbalancerId(made.getId()).withBody(body);
        Report.same("", client.updateLoadBalancer(update).getLoadbalancer().getName());
        var statuses = client.showLoadBalancerStatus(new ShowLoadBalancerStatusRequest().withLoadbalancerId(made.getId()));
        Report.same("ONLINE", statuses.getStatuses().getLoadbalancer().getOperatingStatus());
        client.deleteLoadBalancer(new DeleteLoadBalancerRequest().withLoadbalancerId(made.getId()));
        Report.refused(404, "ELB.8904", () -> client.showLoadBalancer(request));
    }

    private static void listeners() throws Exception {
        var lb = newLoadBalancer("java listeners");
        var made = newListener(lb, "HTTP", 80);
        Report.same(made, client.showListener(new ShowListenerRequest().withListenerId(made.getId())).getListener());
        newListener(lb, "TCP", 81);
        var list = new ListListenersRequest().withLoadbalancerId(List.of(lb.getId())).withProtocol(List.of("TCP", "UDP"));
        Report.same(1, client.listListeners(list).getListeners().size());
        var body = new UpdateListenerRequestBody().withListener(new UpdateListenerOption().withName("").withClientTimeout(50));
        var updated = client.updateListener(new UpdateListenerRequest().withListenerId(made.getId()).withBody(body)).getListener();
        Report.same(50, updated.getClientTimeout());
        Report.refused(409, "ELB.8907", () -> client.deleteLoadBalancer(new DeleteLoadBalancerRequest().withLoadbalancerId(lb.getId())));
        client.deleteListener(new DeleteListenerRequest().withListenerId(made.getId()));
        delete(lb);
    }

    private static void pools() throws Exception {
        var lb = newLoadBalancer("java pools");
        var made = newPool(lb);
        Report.same(made, client.showPool(new ShowPoolRequest().withPoolId(made.getId())).getPool());
        var list = new ListPoolsRequest().withLoadbalancerId(List.of(lb.getId())).withName(List.of("web"));
        Report.same(List.of(made), client.listPools(list).getPools());
        var body = new UpdatePoolRequestBody().withPool(new UpdatePoolOption().withLbAlgorithm("SOURCE_IP"));
        var updated = client.updatePool(new UpdatePoolRequest().withPoolId(made.getId()).withBody(body)).getPool();
        Report.same("SOURCE_IP", updated.getLbAlgorithm());
        newMember(made, new CreateMemberOption().withProtocolPort(80));
        client.deletePoolCascade(new DeletePoolCascadeRequest().withPoolId(made.getId()));
        delete(lb);
    }

    private static void members() throws Exception {
        var lb = newLoadBalancer("java members");
        var pool = newPool(lb);
        var made = newMember(pool, new CreateMemberOption().withProtocolPort(81).withName("a+b ü & c").withWeight(0));
        Report.same(0, made.getWeight());
        Report.same(made, show(pool, made));
        for (int weight : List.of(10, 2, 1)) {
            newMember(pool, new CreateMemberOption().withProtocolPort(100 + weight).withWeight(weight).withName("w" + weight));
        }
        // The SDK signs repeated values in the order of the caller.
        var list = new ListMembersRequest().withPoolId(pool.getId())
            .withWeight(List.of(10, 2, 0)).withName(List.of("w10", "a+b ü & c", "w2"));
        Report.same(3, client.listMembers(list).getMembers().size());
        var seen = new ArrayList<String>();
        String marker = null;
        do {
            var page = client.listMembers(new ListMembersRequest().withPoolId(pool.getId()).withLimit(3).withMarker(marker));
            page.getMembers().forEach(member -> seen.add(member.getId()));
            marker = page.getPageInfo().getNextMarker();
        } while (marker != null && seen.size() < 9);
        Report.same(4, seen.size());
        Report.same(4, client.listAllMembers(new ListAllMembersRequest().withPoolId(List.of(pool.getId()))).getMembers().size());
        var body = new UpdateMemberRequestBody().withMember(new UpdateMemberOption().withName("").withWeight(100));
        client.updateMember(new UpdateMemberRequest().withPoolId(pool.getId()).withMemberId(made.getId()).withBody(body));
        Report.same("", show(pool, made).getName());
        client.deleteMember(new DeleteMemberRequest().withPoolId(pool.getId()).withMemberId(made.getId()));
        Report.refused(404, "ELB.8904", () -> show(pool, made));
        var wrong = new CreateMemberRequestBody().withMember(new CreateMemberOption().withAddress("nonsense").withProtocolPort(1));
        Report.refused(400, "ELB.8902", () -> client.createMember(new CreateMemberRequest().withPoolId(pool.getId()).withBody(wrong)));
        delete(lb);
    }

    private static void memberBatches() throws Exception {
        var lb = newLoadBalancer("java batches");
        var pool = newPool(lb);
        var first = new BatchCreateMembersOption().withAddress("127.0.0.1").withProtocolPort(80);
        var second = new BatchCreateMembersOption().withAddress("127.0.0.1").withProtocolPort(81);
        var added = client.batchCreateMembers(new BatchCreateMembersRequest().withPoolId(pool.getId())
            .withBody(new BatchCreateMembersRequestBody().withMembers(List.of(first, second)))).getMembers();
        Report.same("successful", added.get(1).getRetStatus());
        var change = new BatchUpdateMembersOption().withId(added.get(0).getId()).withWeight(7);
        client.batchUpdateMembers(new BatchUpdateMembersRequest().withPoolId(pool.getId())
            .withBody(new BatchUpdateMembersRequestBody().withMembers(List.of(change))));
        var there = new BatchDeleteMembersOption().withId(added.get(0).getId());
        var missing = new BatchDeleteMembersOption().withAddress("127.0.0.1").withProtocolPort(9);
        var deleted = client.batchDeleteMembers(new BatchDeleteMembersRequest().withPoolId(pool.getId())
            .withBody(new BatchDeleteMembersRequestBody().withMembers(List.of(there, missing)))).getMembers();
        Report.same("successful", deleted.get(0).getRetStatus());
        Report.same("not found", deleted.get(1).getRetStatus());
        delete(lb);
    }

    private static void healthMonitors() throws Exception {
        var lb = newLoadBalancer("java health");
        var pool = newPool(new CreatePoolOption().withListenerId(newListener(lb, "HTTP", 80).getId()));
        var port = Integer.parseInt(System.getenv("ELBOW_MEMBER_PORT"));
        var up = newMember(pool, new CreateMemberOption().withProtocolPort(port));
        var down = newMember(pool, new CreateMemberOption().withProtocolPort(1));
        var option = new CreateHealthMonitorOption().withPoolId(pool.getId()).withType("HTTP")
            .withDelay(1).withTimeout(1).withMaxRetries(1).withMaxRetriesDown(1);
        var body = new CreateHealthMonitorRequestBody().withHealthmonitor(option);
        var made = client.createHealthMonitor(new CreateHealthMonitorRequest().withBody(body)).getHealthmonitor();
        var id = made.getId();
        Report.same(made, client.showHealthMonitor(new ShowHealthMonitorRequest().withHealthmonitorId(id)).getHealthmonitor());
        Report.same(List.of(made), client.listHealthMonitors(new ListHealthMonitorsRequest().withDelay(List.of(2, 1))).getHealthmonitors());
        Report.until("ONLINE member", () -> show(pool, up).getOperatingStatus().equals("ONLINE"));
        Report.until("OFFLINE member", () -> show(pool, down).getOperatingStatus().equals("OFFLINE"));
        Report.same("CONNECT_REFUSED", show(pool, down).getReason().getReasonCode());
        var changed = new UpdateHealthMonitorRequestBody().withHealthmonitor(new UpdateHealthMonitorOption().withDelay(50));
        client.updateHealthMonitor(new UpdateHealthMonitorRequest().withHealthmonitorId(id).withBody(changed));
        client.deleteHealthMonitor(new DeleteHealthMonitorRequest().withHealthmonitorId(id));
        delete(lb);
    }

    private static void policiesAndRules() throws Exception {
        var lb = newLoadBalancer("java policies");
        var listener = newListener(lb, "HTTP", 80).getId();
        var option = new CreateL7PolicyOption().withAction("REDIRECT_TO_POOL").withListenerId(listener)
            .withRedirectPoolId(newPool(lb).getId());
        var body = new CreateL7PolicyRequestBody().withL7policy(option);
        var made = client.createL7Policy(new CreateL7PolicyRequest().withBody(body)).getL7policy();
        var id = made.getId();
        Report.same(made, client.showL7Policy(new ShowL7PolicyRequest().withL7policyId(id)).getL7policy());
        Report.same(1, client.listL7Policies(new ListL7PoliciesRequest().withListenerId(List.of(listener))).getL7policies().size());
        var changed = new UpdateL7PolicyRequestBody().withL7policy(new UpdateL7PolicyOption().withName("changed"));
        client.updateL7Policy(new UpdateL7PolicyRequest().withL7policyId(id).withBody(changed));

        var path = new CreateRuleOption().withType("PATH").withCompareType("STARTS_WITH").withValue("/a");
        var rule = client.createL7Rule(new CreateL7RuleRequest().withL7policyId(id)
            .withBody(new CreateL7RuleRequestBody().withRule(path))).getRule();
        var one = rule.getId();
        Report.same(rule, client.showL7Rule(new ShowL7RuleRequest().withL7policyId(id).withL7ruleId(one)).getRule());
        Report.same(1, client.listL7Rules(new ListL7RulesRequest().withL7policyId(id)).getRules().size());
        client.updateL7Rule(new UpdateL7RuleRequest().withL7policyId(id).withL7ruleId(one)
            .withBody(new UpdateL7RuleRequestBody().withRule(new UpdateL7RuleOption().withValue("/b"))));
        client.deleteL7Rule(new DeleteL7RuleRequest().withL7policyId(id).withL7ruleId(one));
        client.deleteL7Policy(new DeleteL7PolicyRequest().withL7policyId(id));
        delete(lb);
    }

    private static void certificates() throws Exception {
        var option = new CreateCertificateOption().withName("java").withCertificate(pem("leaf")).withPrivateKey(pem("leaf.key"));
        var body = new CreateCertificateRequestBody().withCertificate(option);
        var made = client.createCertificate(new CreateCertificateRequest().withBody(body)).getCertificate();
        var id = made.getId();
        Report.same(made, client.showCertificate(new ShowCertificateRequest().withCertificateId(id)).getCertificate());
        Report.same(1, client.listCertificates(new ListCertificatesRequest().withName(List.of("java"))).getCertificates().size());
        var changed = new UpdateCertificateRequestBody().withCertificate(new UpdateCertificateOption().withDescription("changed"));
        client.updateCertificate(new UpdateCertificateRequest().withCertificateId(id).withBody(changed));
        client.deleteCertificate(new DeleteCertificateRequest().withCertificateId(id));
    }

    private static void ipGroups() throws Exception {
        var option = new CreateIpGroupOption().withName("java").withIpList(List.of(new CreateIpGroupIpOption().withIp("192.0.2.1")));
        var body = new CreateIpGroupRequestBody().withIpgroup(option);
        var made = client.createIpGroup(new CreateIpGroupRequest().withBody(body)).getIpgroup();
        var id = made.getId();
        Report.same(made, client.showIpGroup(new ShowIpGroupRequest().withIpgroupId(id)).getIpgroup());
        Report.same(1, client.listIpGroups(new ListIpGroupsRequest().withName(List.of("java"))).getIpgroups().size());
        var changed = new UpdateIpGroupRequestBody().withIpgroup(new UpdateIpGroupOption().withDescription("changed"));
        client.updateIpGroup(new UpdateIpGroupRequest().withIpgroupId(id).withBody(changed));
        var gone = new BatchDeleteIpListOption().withIpList(List.of(new IpGroupIp().withIp("192.0.2.1")));
        var left = client.batchDeleteIpList(new BatchDeleteIpListRequest().withIpgroupId(id)
            .withBody(new BatchDeleteIpListRequestBody().withIpgroup(gone))).getIpgroup();
        Report.same(0, left.getIpList().size());
        client.deleteIpGroup(new DeleteIpGroupRequest().withIpgroupId(id));
    }

    private static void securityPolicies() throws Exception {
        var ciphers = List.of(CreateSecurityPolicyOption.CiphersEnum.fromValue("ECDHE-RSA-AES256-GCM-SHA384"));
        var option = new CreateSecurityPolicyOption().withName("java").withProtocols(List.of("TLSv1.2")).withCiphers(ciphers);
        var body = new CreateSecurityPolicyRequestBody().withSecurityPolicy(option);
        var made = client.createSecurityPolicy(new CreateSecurityPolicyRequest().withBody(body)).getSecurityPolicy();
        var id = made.getId();
        var shown = client.showSecurityPolicy(new ShowSecurityPolicyRequest().withSecurityPolicyId(id)).getSecurityPolicy();
        Report.same(made, shown);
        Report.same(1, client.listSecurityPolicies(new ListSecurityPoliciesRequest().withName(List.of("java"))).getSecurityPolicies().size());
        var changed = new UpdateSecurityPolicyRequestBody().withSecurityPolicy(new UpdateSecurityPolicyOption().withName("changed"));
        client.updateSecurityPolicy(new UpdateSecurityPolicyRequest().withSecurityPolicyId(id).withBody(changed));
        client.deleteSecurityPolicy(new DeleteSecurityPolicyRequest().withSecurityPolicyId(id));
    }

    private static void logtanks() throws Exception {
        var lb = newLoadBalancer("java logs");
        var option = new CreateLogtankOption().withLoadbalancerId(lb.getId()).withLogGroupId("g").withLogTopicId("t");
        var body = new CreateLogtankRequestBody().withLogtank(option);
        var made = client.createLogtank(new CreateLogtankRequest().withBody(body)).getLogtank();
        Report.same(made, client.showLogtank(new ShowLogtankRequest().withLogtankId(made.getId())).getLogtank());
        client.deleteLogtank(new DeleteLogtankRequest().withLogtankId(made.getId()));
        delete(lb);
    }

    private static void catalogue() throws Exception {
        Report.expect(!client.listAvailabilityZones(new ListAvailabilityZonesRequest()).getAvailabilityZones().isEmpty(), "no zones");
        var flavors = client.listFlavors(new ListFlavorsRequest().withType(List.of("L7"))).getFlavors();
        var flavor = client.showFlavor(new ShowFlavorRequest().withFlavorId(flavors.get(0).getId())).getFlavor();
        Report.same(flavors.get(0), flavor);
        Report.same(-1, client.showQuota(new ShowQuotaRequest()).getQuota().getLoadbalancer());
        Report.same(1, client.listQuotaDetails(new ListQuotaDetailsRequest().withQuotaKey(List.of("pool"))).getQuotas().size());
        Report.expect(!client.listApiVersions(new ListApiVersionsRequest()).getVersions().isEmpty(), "no versions");
    }

    private static void authentication() throws Exception {
        Report.refused(401, "SYS.0401", () -> clientWith("wrong").listPools(new ListPoolsRequest()));
        var credentials = new BasicCredentials()
            .withAk(System.getenv("ELBOW_ACCESS_KEY"))
            .withSk(System.getenv("ELBOW_SECRET_KEY"))
            .withIamEndpoint(System.getenv("ELBOW_URL"));
        var local = new Region(System.getenv("ELBOW_REGION"), System.getenv("ELBOW_URL"));
        var discovering = ElbClient.newBuilder().withCredential(credentials).withRegion(local).build();
        Report.same(System.getenv("ELBOW_PROJECT_ID"), discovering.showQuota(new ShowQuotaRequest()).getQuota().getProjectId());
    }

    public static void main(String[] arguments) {
        Report.check("load balancers live", Main::loadBalancers);
        Report.check("listeners live", Main::listeners);
        Report.check("pools live", Main::pools);
        Report.check("members live, are filtered by repeated values, and page", Main::members);
        Report.check("members are added, changed and deleted in batches", Main::memberBatches);
        Report.check("health monitors live, and members become ONLINE and OFFLINE", Main::healthMonitors);
        Report.check("l7 policies and l7 rules live", Main::policiesAndRules);
        Report.check("certificates live", Main::certificates);
        Report.check("IP groups live, with their entries", Main::ipGroups);
        Report.check("security policies live", Main::securityPolicies);
        Report.check("logtanks live", Main::logtanks);
        Report.check("zones, flavors, quotas and versions are read", Main::catalogue);
        Report.check("a wrong secret is refused, and a project is found by the region's name", Main::authentication);
        // The HTTP client under the SDK keeps threads alive for a minute.
        System.exit(0);
    }
}
