#!/usr/bin/env bash
# A real Slurm of two nodes on one machine, for tests: `slurm.sh start DIR [LINES OF slurm.conf]`, `slurm.sh stop DIR`. Then
# `export SLURM_CONF=DIR/slurm.conf`. It needs Debian's slurmctld, slurmd, slurm-client and munge, no root and nothing outside of DIR: several
# can run at the same time. Each node says that it has four cores, whatever the machine has.
set -eu
export PATH=$PATH:/usr/sbin:/sbin
action=$1 dir=$2 lines=${3-}

# Whether something listens at a port.
is_taken() { (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null; }

case $action in
start)
    mkdir -p "$dir"/state "$dir"/log
    # The file of a socket has a short path.
    munge=$(mktemp -d /tmp/munge.XXXXXX)
    echo "$munge" > "$dir/munge"
    head -c 1024 /dev/urandom > "$munge/key"
    chmod 400 "$munge/key"
    munged --force --socket="$munge/socket" --key-file="$munge/key" --pid-file="$munge/pid" --seed-file="$munge/seed" \
        --log-file="$munge/log" --num-threads=2
    # Three ports each, so that two that start at once, as processes with neighbouring numbers, do not take the same.
    port=$((20000 + $$ * 3 % 12000))
    while is_taken $port || is_taken $((port + 1)) || is_taken $((port + 2)); do port=$((port + 3)); done
    host=$(hostname -s) user=$(id -un)
    # A requeued job waits as long as a credential lives, two minutes where nothing is said; Slurm looks for jobs every second.
    cat > "$dir/slurm.conf" << CONF
ClusterName=local
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$munge/socket,cred_expire=5
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool-%n
SlurmctldLogFile=$dir/log/slurmctld.log
SlurmdLogFile=$dir/log/slurmd-%n.log
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd-%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_interval=1,bf_interval=1
ReturnToService=2
MailProg=/bin/true
KillWait=30
MinJobAge=300
SlurmdParameters=config_overrides
JobRequeue=1
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 1)) CPUs=4 RealMemory=8000 State=UNKNOWN
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 2)) CPUs=4 RealMemory=8000 State=UNKNOWN
PartitionName=main Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP PriorityTier=1
PartitionName=high Nodes=n1,n2 MaxTime=INFINITE State=UP PriorityTier=10
$lines
CONF
    export SLURM_CONF="$dir/slurm.conf"
    slurmctld -f "$SLURM_CONF"
    for node in n1 n2; do slurmd -N $node -f "$SLURM_CONF"; done
    for _ in $(seq 60); do
        if sinfo -h -t idle -o %D 2> /dev/null | grep -q 2; then exit 0; fi
        sleep 1
    done
    tail -n 20 "$dir"/log/* >&2
    echo "the nodes did not become idle" >&2
    exit 1
    ;;
stop)
    munge=$(cat "$dir/munge")
    export SLURM_CONF="$dir/slurm.conf"
    scancel --user="$(id -un)" 2> /dev/null || true
    for _ in $(seq 20); do
        if [ -z "$(squeue -h 2> /dev/null)" ]; then break; fi
        sleep 1
    done
    for pid in "$dir"/slurmd-n1.pid "$dir"/slurmd-n2.pid "$dir"/slurmctld.pid "$munge"/pid; do
        if [ -f "$pid" ]; then kill "$(cat "$pid")" || true; fi
    done
    # Each removes its file as it ends, after its state is written.
    for _ in $(seq 100); do
        if [ ! -f "$dir/slurmctld.pid" ] && [ ! -f "$dir/slurmd-n1.pid" ] && [ ! -f "$dir/slurmd-n2.pid" ]; then break; fi
        sleep 0.1
    done
    rm -rf "$munge"
    ;;
esac
