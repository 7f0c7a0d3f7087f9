#!/bin/sh
# A coding agent that does what its arguments say, one after the other.
#
#   prompt            read standard input to its end
#   echo              print standard input
#   say:TEXT          print a line              stderr:TEXT   the same on stderr
#   claude:TEXT       end a turn as Claude does codex:TEXT    as Codex does
#   half              print half of an event    flood:N       print N bytes, no line
#   env:NAME          print a variable
#   write:PATH=TEXT   write a file; @/PATH is below the workspace
#   link:PATH=TARGET  write a symbolic link     commit:TEXT   commit everything
#   pids:FILE         note the numbers of all processes started from here on
#   child             leave a child that holds the output
#   session           leave a child with a session of its own
#   hidden            leave one that nothing tells where it came from
#   deaf              ignore polite signals     close         close both outputs
#   hang              stay for ever             exit:N        end with N
#   die:SIGNAL        end by a signal
pids=/dev/null

place() {
    case $1 in
    @/*) printf '%s/%s' "$PITON_WORKSPACE" "${1#@/}" ;;
    *) printf '%s' "$1" ;;
    esac
}

# Waits until another process has noted a number: FILE COUNT
noted() {
    while [ "$(wc -l <"$1")" -lt "$2" ]; do sleep 0.02; done
}

for verb in "$@"; do
    rest=${verb#*:}
    case $verb in
    prompt) cat >/dev/null ;;
    echo) cat ;;
    say:*) printf '%s\n' "$rest" ;;
    stderr:*) printf '%s\n' "$rest" >&2 ;;
    claude:*)
        printf '{"type":"system","subtype":"init","session_id":"s-1","model":"fake"}\n'
        printf '{"duration_api_ms":1,"type":"result","subtype":"success","is_error":false,"result":"%s","session_id":"s-1","total_cost_usd":0.5,"modelUsage":{"fake":{"inputTokens":10,"outputTokens":2}}}\n' "$rest"
        ;;
    codex:*)
        printf '{"type":"thread.started","thread_id":"t-1"}\n{"type":"turn.started"}\n'
        printf '{"type":"item.completed","item":{"id":"item_0","type":"agent_message","text":"%s"}}\n' "$rest"
        printf '{"type":"turn.completed","usage":{"input_tokens":10,"cached_input_tokens":4,"output_tokens":2}}\n'
        ;;
    half) printf '{"type":"result","resu' ;;
    flood:*) head -c "$rest" /dev/zero | tr '\0' x ;;
    env:*) eval "printf '%s\n' \"\${$rest-unset}\"" ;;
    write:*)
        path=$(place "${rest%%=*}")
        mkdir -p "$(dirname "$path")" && printf '%s' "${rest#*=}" >"$path"
        ;;
    link:*) ln -s "${rest#*=}" "$(place "${rest%%=*}")" ;;
    commit:*)
        git add -A && git -c user.name=agent -c user.email=agent@example.com commit -q -m "$rest"
        ;;
    pids:*)
        pids=$rest
        echo $$ >>"$pids"
        ;;
    child)
        sleep 300 &
        echo $! >>"$pids"
        ;;
    session)
        count=$(wc -l <"$pids")
        setsid sh -c 'echo $$ >>"$0"; exec sleep 300' "$pids" &
        noted "$pids" $((count + 1))
        ;;
    hidden)
        count=$(wc -l <"$pids")
        (env -i PATH="$PATH" setsid sh -c 'echo $$ >>"$0"; exec sleep 300' "$pids" >/dev/null 2>&1 </dev/null &)
        noted "$pids" $((count + 1))
        ;;
    deaf) trap '' TERM INT HUP ;;
    close) exec >&- 2>&- ;;
    hang) while :; do sleep 300; done ;;
    exit:*) exit "$rest" ;;
    die:*) kill -"$rest" $$ ;;
    *)
        printf 'fake agent: %s means nothing\n' "$verb" >&2
        exit 64
        ;;
    esac
done
