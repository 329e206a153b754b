/**
 * Who may import whom: the rooms of the house and the doors between them.
 * A room may always import from itself; every room may use `observe`, which knows nothing of the others.
 */
const doors = {
  model: [],
  observe: [],
  store: ['model'],
  service: ['store', 'model'],
  api: ['service', 'model'],
  cloud: ['service', 'model'],
  health: ['service', 'model'],
  dataplane: ['store', 'model'],
  proxy: [],
};

const rooms = Object.keys(doors);

const roomRules = rooms.map((room) => ({
  name: `${room}-doors`,
  comment: `${room} may import only: ${[room, 'observe', ...doors[room]].join(', ')}`,
  severity: 'error',
  from: { path: `^src/${room}/`, pathNot: '\\.test\\.ts$' },
  to: {
    path: '^src/',
    pathNot: [
      `^src/(${[room, 'observe', ...doors[room]].join('|')})/`,
      ...(room === 'proxy' ? ['^src/dataplane/((policy-)?configuration\\.ts$|matching/)'] : []),
    ],
  },
}));

export default {
  forbidden: [
    ...roomRules,
    {
      name: 'no-cycles',
      comment: 'a cycle hides which of two files depends on the other',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'model-is-pure',
      comment: 'the model describes resources; it reads no file, socket or clock',
      severity: 'error',
      from: { path: '^src/model/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(net|crypto)$' },
    },
    {
      name: 'cli-is-the-top',
      comment: 'cli puts the parts together; no part may need it',
      severity: 'error',
      from: { path: '^src/(?!cli/)' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'tests-stay-outside',
      comment: 'the product never imports a test',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.test\\.ts$' },
    parser: 'swc',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['node', 'import'],
    },
  },
};
