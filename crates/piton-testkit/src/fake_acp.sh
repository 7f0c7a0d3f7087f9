#!/bin/sh
# Plays a coding agent that speaks the Agent Client Protocol on its standard
# input and output. Its arguments say what it does when it is given a prompt:
#   say:TEXT         says TEXT, in two parts
#   only:TEXT        says TEXT in one part, and consumed nothing at its end
#   tool:TITLE       runs a tool of that name
#   edit:PATH=TEXT   asks whether it may, and writes where it may
#   later:PATH=TEXT  tells of a tool for it, asks with the tool's name alone, and writes
#   blind:PATH=TEXT  asks without saying what for, and writes where it may
#   run:COMMAND      asks whether it may, and runs it where it may
#   ask:METHOD       asks for something that piton may not offer
#   stop:REASON      ends with this reason instead of end_turn
#   error:CODE=TEXT  ends with an error
#   stay             stays on after its input is closed
#   exit:CODE        exits with this code at the end
# and before that, at the hello:  version:N  signed-out  mute
say() { printf '%s\n' "$1"; }
update() { say "{\"jsonrpc\":\"2.0\",\"method\":\"session/update\",\"params\":{\"sessionId\":\"s1\",\"update\":$1}}"; }
# Asks for a permission and tells whether it was given.
permitted() {
  say "{\"jsonrpc\":\"2.0\",\"id\":\"ask-1\",\"method\":\"session/request_permission\",\"params\":{\"sessionId\":\"s1\",\"toolCall\":$1,\"options\":[{\"optionId\":\"no\",\"name\":\"No\",\"kind\":\"reject_once\"},{\"optionId\":\"yes\",\"name\":\"Yes\",\"kind\":\"allow_once\"}]}}"
  IFS= read -r answer || exit 9
  case $answer in *'"optionId":"yes"'*) return 0 ;; *) return 1 ;; esac
}
work() {
  reason=end_turn usage=',"usage":{"inputTokens":12,"outputTokens":5,"cachedReadTokens":3}'
  for what in "$@"; do
    rest=${what#*:}
    case $what in
      say:*)
        update "{\"sessionUpdate\":\"agent_message_chunk\",\"content\":{\"type\":\"text\",\"text\":\"$rest\"}}"
        update '{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"."}}' ;;
      only:*)
        usage=
        update "{\"sessionUpdate\":\"agent_message_chunk\",\"content\":{\"type\":\"text\",\"text\":\"$rest\"}}" ;;
      tool:*)
        update "{\"sessionUpdate\":\"tool_call\",\"toolCallId\":\"t1\",\"title\":\"$rest\",\"kind\":\"other\",\"status\":\"in_progress\"}"
        update '{"sessionUpdate":"tool_call_update","toolCallId":"t1","status":"completed"}' ;;
      edit:*)
        path=${rest%%=*}
        if permitted "{\"toolCallId\":\"t2\",\"title\":\"write $path\",\"kind\":\"edit\",\"locations\":[{\"path\":\"$path\"}]}"; then
          printf '%s\n' "${rest#*=}" >"$path"
        fi ;;
      later:*)
        path=${rest%%=*}
        update "{\"sessionUpdate\":\"tool_call\",\"toolCallId\":\"t4\",\"title\":\"write $path\",\"kind\":\"edit\",\"status\":\"pending\",\"locations\":[{\"path\":\"$path\"}]}"
        if permitted '{"toolCallId":"t4"}'; then printf '%s\n' "${rest#*=}" >"$path"; fi
        update '{"sessionUpdate":"tool_call_update","toolCallId":"t4","status":"completed"}' ;;
      blind:*)
        if permitted '{"toolCallId":"t5","title":"something","kind":"edit"}'; then
          printf '%s\n' "${rest#*=}" >"${rest%%=*}"
        fi ;;
      run:*)
        if permitted "{\"toolCallId\":\"t3\",\"title\":\"$rest\",\"kind\":\"execute\",\"rawInput\":{\"command\":\"$rest\"}}"; then
          sh -c "$rest" >/dev/null 2>&1
        fi ;;
      ask:*)
        say "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"$rest\",\"params\":{}}"
        IFS= read -r answer || exit 9
        case $answer in *'"code":-32601'*) ;; *) exit 8 ;; esac ;;
      stop:*) reason=$rest ;;
      error:*)
        say "{\"jsonrpc\":\"2.0\",\"id\":$id,\"error\":{\"code\":${rest%%=*},\"message\":\"${rest#*=}\"}}"
        return ;;
    esac
  done
  say "{\"jsonrpc\":\"2.0\",\"id\":$id,\"result\":{\"stopReason\":\"$reason\"$usage}}"
}
version=1 signed_out= mute= stay= code=0
for what in "$@"; do
  case $what in
    version:*) version=${what#*:} ;;
    signed-out) signed_out=1 ;;
    mute) mute=1 ;;
    stay) stay=1 ;;
    exit:*) code=${what#*:} ;;
  esac
done
while IFS= read -r line; do
  [ "$mute" ] && continue
  id=${line##*\"id\":}
  id=${id%%[,\}]*}
  case $line in
    *'"method":"initialize"'*) say "{\"jsonrpc\":\"2.0\",\"id\":$id,\"result\":{\"protocolVersion\":$version,\"agentCapabilities\":{}}}" ;;
    *'"method":"session/new"'*)
      if [ "$signed_out" ]; then
        say "{\"jsonrpc\":\"2.0\",\"id\":$id,\"error\":{\"code\":-32000,\"message\":\"Authentication required\"}}"
      else
        say "{\"jsonrpc\":\"2.0\",\"id\":$id,\"result\":{\"sessionId\":\"s1\",\"models\":{\"currentModelId\":\"fake-1\"}}}"
      fi ;;
    *'"method":"session/prompt"'*) work "$@" ;;
  esac
done
[ "$stay" ] && exec tail -f /dev/null
exit "$code"
