# Python environments, made with uv from tools/environments.txt. Sourced by ./dev.
CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/kerasan"
ENVS="${KERASAN_ENVS:-$CACHE/envs}"
UV="$CACHE/uv/bin/uv"

need_uv() {
  [ -x "$UV" ] && [ -e "$CACHE/uv/.ok" ] && return
  say "installing uv into $CACHE/uv"
  rm -rf "$CACHE/uv"
  mkdir -p "$CACHE"
  python3 -m venv "$CACHE/uv" || die "python3 -m venv failed (is python3-venv installed?)"
  "$CACHE/uv/bin/pip" install -q --disable-pip-version-check uv || die "pip could not install uv"
  touch "$CACHE/uv/.ok"
}

# Prints an interpreter of that version: pyenv's, one on PATH, or one that uv brings.
interpreter() {
  local version=$1 found
  found=$(printf '%s\n' "${PYENV_ROOT:-$HOME/.pyenv}/versions/$version".*/bin/python | sort -V | tail -1)
  [ -x "$found" ] && { echo "$found"; return; }
  found=$("$UV" python find "$version" 2>/dev/null) && { echo "$found"; return; }
  "$UV" python install -q "$version" >&2 && "$UV" python find "$version" && return
  die "no Python $version: neither under ~/.pyenv/versions, nor on PATH, and 'uv python install
  $version' failed. Install it (for example 'pyenv install $version') and run this again."
}

# Makes the environment unless it is there, complete and as the table says: its .ok is written last
# and holds the line it was made from.
need_env() {
  local name=$1 line version packages python
  line=$(awk -v n="$name" '$1 == n' "$HERE/tools/environments.txt")
  [ "$(cat "$ENVS/$name/.ok" 2>/dev/null)" = "$line" ] && [ -n "$line" ] \
    && [ -x "$ENVS/$name/bin/python" ] && return
  [ -n "$line" ] || die "no environment '$name'; known: $(awk '!/^#/ {printf "%s ", $1}' "$HERE/tools/environments.txt")"
  read -r _ version packages <<<"$line"
  need_uv
  python=$(interpreter "$version") || exit 2
  say "making environment $name (Python $version: $packages)"
  mkdir -p "$ENVS"
  rm -rf "${ENVS:?}/$name"
  "$UV" venv -q --python "$python" "$ENVS/$name" || die "uv could not make $ENVS/$name"
  read -ra packages <<<"$packages"
  "$UV" pip install -q --python "$ENVS/$name/bin/python" "${packages[@]}" \
    || die "uv could not install into $ENVS/$name; run './dev env $name' to try again"
  echo "$line" >"$ENVS/$name/.ok"
}
