# Debian packages that the build needs. Sourced by ./dev.
PACKAGES="g++ cmake ninja-build ccache nlohmann-json3-dev libcli11-dev libgtest-dev
  libopenblas-dev zlib1g-dev libhdf5-dev libsqlite3-dev libzip-dev libyaml-cpp-dev libpugixml-dev libsnappy-dev libssl-dev libxlsxwriter-dev
  libcpp-httplib-dev libprotobuf-dev protobuf-compiler pkg-config chromium chromium-driver
  clang-14 clang-format-14 clang-tidy-14 libclang-rt-14-dev git ca-certificates
  python3 python3-venv python3-pip"

missing_packages() {
  local package
  for package in $PACKAGES; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] \
      || echo "$package"
  done
}

need_packages() {
  command -v dpkg-query >/dev/null || die "needs a Debian system (dpkg-query not found)"
  local missing root=''
  missing=$(missing_packages | tr '\n' ' ')
  [ -n "$missing" ] || return 0
  [ "$(id -u)" = 0 ] || root=sudo
  [ -z "$root" ] || command -v sudo >/dev/null || die "not root and no sudo; install: $missing"
  say "installing Debian packages: $missing"
  $root env DEBIAN_FRONTEND=noninteractive apt-get update -q=2 || die "apt-get update failed"
  # shellcheck disable=SC2086
  $root env DEBIAN_FRONTEND=noninteractive apt-get install -q=2 -y --no-install-recommends \
    $missing >/dev/null || die "apt-get install failed for: $missing"
}
