// Deploys the examples on the local AWS, from the package as it is published: one after the other, and slow.
module.exports = {
  ...require('./jest.config'),
  roots: ['<rootDir>/e2e'],
  setupFiles: [],
  globalSetup: '<rootDir>/e2e/pack.js',
  maxWorkers: 1,
  testTimeout: 600000,
};
