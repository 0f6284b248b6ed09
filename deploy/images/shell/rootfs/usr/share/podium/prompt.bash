# The prompt: the namespace that kubectl will use, the folder, and a red mark after a command that failed.
# Everything in it is done by bash itself: starting kubectl would cost a tenth of a second at each prompt.

# Sets __podium_namespace from the current context of the kubeconfig, as kubectl would read it: "default" if it says nothing.
# Reads what kubectl writes: one key a line, an entry of a list starting with "- ".
__podium_read_namespace() {
  local file=${KUBECONFIG:-$HOME/.kube/config} line entry='' context_namespace='' current='' inside=''
  local -A namespaces=()
  __podium_namespace=''
  file=${file%%:*}
  [[ -r $file && -s $file ]] || return 0
  while IFS= read -r line; do
    case $line in
      'current-context: '*) current=${line#*: } ;;
      'contexts:'*) inside=yes ;;
      '- '* | ' '*)
        [[ $inside ]] || continue
        case $line in '- '*) entry='' context_namespace='' ;; esac
        case $line in
          *'namespace: '*) context_namespace=${line##*namespace: } ;;
          '- name: '* | '  name: '*) entry=${line##*name: } ;;
        esac
        [[ $entry ]] && namespaces[${entry//[\"\']/}]=${context_namespace//[\"\']/}
        ;;
      *) inside='' ;;
    esac
  done <"$file"
  current=${current//[\"\']/}
  [[ $current ]] && __podium_namespace=${namespaces[$current]:-default}
  return 0
}

__podium_before_prompt() {
  local status=$?
  __podium_read_namespace
  # OSC 133 tells the terminal where a command ended and where the prompt is.
  printf '\e]133;D;%s\a' "$status"
  __podium_mark='\[\e[32m\]'
  ((status == 0)) || __podium_mark='\[\e[31m\]'
  local namespace=''
  [[ $__podium_namespace ]] && namespace='\[\e[36m\]${__podium_namespace}\[\e[0m\] '
  PS1='\[\e]133;A\a\]'"$namespace"'\[\e[1;34m\]\w\[\e[0m\] '"$__podium_mark"'\$\[\e[0m\] \[\e]133;B\a\]'
}

PROMPT_DIRTRIM=2
PROMPT_COMMAND=__podium_before_prompt
PS0='\e]133;C\a'
