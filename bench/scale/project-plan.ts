/** How much a generated project has of everything. */
export interface ProjectPlan {
  readonly projectId: string;
  readonly members: number;
  readonly pools: number;
  readonly loadBalancers: number;
  readonly listenersPerLoadBalancer: number;
  /** Of each: certificates, IP groups, security policies. */
  readonly accessories: number;
  /** The members of its biggest pool. */
  readonly biggestPool: number;
}

/**
 * A project of so many members in the proportions that the design's numbers are about: 1,000,000 members in 20,000
 * pools, of which 10,000 have a listener, on 1,000 load balancers.
 */
export function planOf(projectId: string, members: number): ProjectPlan {
  const share = (parts: number) => Math.max(1, Math.round(members / parts));
  return {
    projectId,
    members,
    pools: share(50),
    loadBalancers: share(1000),
    listenersPerLoadBalancer: 10,
    accessories: share(200),
    biggestPool: share(50),
  };
}
