// Packs the package as `npm publish` would, before anything is deployed from it.
const { execFileSync } = require('node:child_process');
const { existsSync, mkdirSync } = require('node:fs');
const { join } = require('node:path');

module.exports = () => {
  const room = join(__dirname, '..');
  const target = join(room, '..', 'target', 'cdk');
  for (const [needed, command] of [['dist/provider-x86_64.zip', 'cargo xtask package'], ['target/venv/bin/python', 'cargo xtask lint']]) {
    if (!existsSync(join(room, '..', needed))) {
      throw new Error(`there is no ${needed}; run \`${command}\` first`);
    }
  }
  mkdirSync(target, { recursive: true });
  execFileSync('npm', ['pack', '--silent', '--pack-destination', target], { cwd: room, stdio: ['ignore', 'ignore', 'inherit'] });
};
