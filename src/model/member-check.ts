/** A member check: a job that finds out why a member is not healthy, and says what to mend (rules digest 2.4.8). */
import { type Static, Type } from 'typebox';
import { timestamps } from './common-fields.ts';
import { field, orNull } from './field.ts';
import { type RecordOf, resource } from './resource.ts';
import { Id, oneOf, strict } from './schemas.ts';

const CheckSubject = oneOf('config', 'networkAcl', 'securityGroup');
export type CheckSubject = Static<typeof CheckSubject>;

const CheckStatus = oneOf('processing', 'processed', 'failed');

const CheckFinding = Type.Object({
  name: Type.String(),
  reason: Type.String(),
  severity: oneOf('Major', 'Tips'),
  subject: CheckSubject,
  job_id: Type.String(),
  reason_template: Type.String(),
  reason_params: Type.Array(Type.String()),
});
export type CheckFinding = Static<typeof CheckFinding>;

const CheckGroup = Type.Object({
  check_result: Type.Boolean({ description: 'False when something found is Major.' }),
  check_status: CheckStatus,
  check_items: Type.Array(CheckFinding, { description: 'What was found; nothing when all is well.' }),
});

const CheckResult = Type.Object({
  config: orNull(CheckGroup),
  acl: orNull(CheckGroup),
  security_group: orNull(CheckGroup),
});

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
  member_check: strict({
    listener_id: Id,
    subject: oneOf('securityGroup', 'networkAcl', 'config', 'all'),
  }),
});
export type MemberCheckRequest = Static<typeof MemberCheckRequest>;
