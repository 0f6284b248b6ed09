# For every interactive bash. The home folder is mounted empty over the image's, so all of it is said here.
case $- in *i*) ;; *) return ;; esac

HISTSIZE=5000
HISTFILESIZE=10000
HISTCONTROL=ignoreboth
shopt -s checkwinsize histappend

alias k=kubectl
alias ls='ls --color=auto'
alias ll='ls -l'
alias grep='grep --color=auto'

# Ctrl-S would seem to freeze the terminal; nobody who learns needs flow control.
stty -ixon 2>/dev/null

if ! shopt -oq posix; then . /usr/share/bash-completion/bash_completion; fi

. /usr/share/podium/prompt.bash

# What the learner keeps in the home folder has the last word.
if [ -r ~/.bashrc ]; then . ~/.bashrc; fi
