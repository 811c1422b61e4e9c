#!/bin/sh
# An OCI runtime for hosts that may not hand out every capability: it takes the ones in LACKING
# out of the container's specification and hands over to runc.
#
# Docker before 23 gives a privileged container every capability that the kernel knows; where the
# host's own bounding set is smaller (many sandboxes lack CAP_SYS_RESOURCE), runc then fails with
# "unable to apply caps". prepare-host.sh installs this file, fills in LACKING and registers it as
# Docker's default runtime.
#
# The edit stays inside the "capabilities" objects and touches no other byte: a JSON tool that
# reads numbers as doubles would round the 64-bit limits of the specification.
LACKING="@LACKING@"

without_lacking() {
  edits=
  for capability in $LACKING; do
    edits="$edits;:$capability;s/(\"capabilities\"[[:space:]]*:[[:space:]]*\\{[^}]*)\"$capability\"[[:space:]]*,?/\\1/;t$capability"
  done
  # A name that was the last of its list leaves a comma before the bracket.
  edits="$edits;:comma;s/(\"capabilities\"[[:space:]]*:[[:space:]]*\\{[^}]*),([[:space:]]*\\])/\\1\\2/;tcomma"
  sed -i -z -E "${edits#;}" "$1"
}

previous=
for argument in "$@"; do
  case "$previous" in
    --bundle | -b) specification="$argument/config.json" ;;
    --process | -p) specification="$argument" ;;
    *) specification= ;;
  esac
  case "$argument" in
    --bundle=*) specification="${argument#*=}/config.json" ;;
    --process=*) specification="${argument#*=}" ;;
  esac
  if [ -n "$specification" ] && [ -f "$specification" ]; then without_lacking "$specification"; fi
  previous="$argument"
done
exec runc "$@"
