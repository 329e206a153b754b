/** A member check: a job that finds out why a member is not healthy, and says what to mend (rules digest 2.4.8). */
import { type Static, Type } from 'typebox';
import { timestamps } from './common-fields.ts';
import { field, orNull } from './field.ts';
import { type RecordOf, resource } from './resource.ts';
import { described, Id, named, oneOf, strict } from './schemas.ts';

const CheckSubject = oneOf('config', 'networkAcl', 'securityGroup');
export type CheckSubject = Static<typeof CheckSubject>;

const CheckStatus = oneOf('processing', 'processed', 'failed');

const CheckFinding = named(
  'CheckFinding',
  Type.Object({
    name: described('What was looked at.', Type.String()),
    reason: described('What is wrong with it, and what to mend.', Type.String()),
    severity: described('Major when requests fail by it.', oneOf('Major', 'Tips')),
    subject: described('The subject it belongs to.', CheckSubject),
    job_id: described('The job that found it.', Type.String()),
    reason_template: described('The reason, with places for its parameters.', Type.String()),
    reason_params: described('The parameters.', Type.Array(Type.String())),
  }),
);
export type CheckFinding = Static<typeof CheckFinding>;

const CheckGroup = named(
  'CheckGroup',
  Type.Object({
    check_result: Type.Boolean({ description: 'False when something found is Major.' }),
    check_status: described('processed; failed when the check could not be made.', CheckStatus),
    check_items: Type.Array(CheckFinding, { description: 'What was found; nothing when all is well.' }),
  }),
);

const CheckResult = named(
  'CheckResult',
  Type.Object({
    config: described('The configuration.', orNull(CheckGroup)),
    acl: described('The network access lists.', orNull(CheckGroup)),
    security_group: described('The security groups.', orNull(CheckGroup)),
  }),
);

/** The key of each subject in the result. */
export const groupOfSubject = {
  config: 'config',
  networkAcl: 'acl',
  securityGroup: 'security_group',
} as const satisfies Record<CheckSubject, keyof Static<typeof CheckResult>>;

export const memberCheck = resource({
  name: 'member_check',
  plural: 'member_checks',
  label: 'member check job',
  table: 'member_checks',
  // As a job it says itself what was done.
  audited: false,
  fields: {
    id: field(Id, 'The job’s id, as it is stored.', { answered: false }),
    job_id: field(Id, 'The job’s id.', { computed: true }),
    project_id: field(Type.String(), 'The project, always that of the path.', { answered: false }),
    member_id: field(Id, 'The member that is checked.'),
    listener_id: field(Id, 'The listener whose requests it should get.'),
    status: field(CheckStatus, 'processing, then processed; failed when a check could not be made.'),
    check_item_total_num: field(Type.Integer(), 'How many checks there are.'),
    check_item_finished_num: field(Type.Integer(), 'How many of them were made.'),
    result: field(CheckResult, 'What was found, by subject; null for a subject that was not asked for.'),
    ...timestamps,
  },
});

export type MemberCheck = RecordOf<(typeof memberCheck)['fields']>;

/** The body of the call that begins a check. */
export const MemberCheckRequest = strict({
  member_check: named(
    'NewMemberCheck',
    strict({
      listener_id: described('The listener whose requests it should get.', Id),
      subject: described('What to look at.', oneOf('securityGroup', 'networkAcl', 'config', 'all'), 'all'),
    }),
  ),
});
export type MemberCheckRequest = Static<typeof MemberCheckRequest>;
