
# Why the rest is so.
# Near the end of its time a job gets USR1 (--signal=B:USR1), which reaches this shell alone: so the shell passes it on, and waits. The
# experiment then writes a checkpoint and ends with $requeue_code, "run me again".
# - A site whose RequeueExit has that code would requeue the job, others would not, and a job cannot tell. So it requeues itself while it
#   still runs. This does the same on both: what becomes of a job is settled before Slurm sees its exit code, so none is requeued twice.
# - SIGTERM is Slurm's own. The job was preempted or requeued, and comes back by itself; or it was cancelled or out of time, and must not come
#   back. Either way this shell requeues nothing, and hides $requeue_code from RequeueExit.
# - A task is requeued as ARRAY_TASK, since the plain number of one of the tasks is that of the whole array.
job=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID
terminated=
trap 'terminated=1; kill -s TERM "$child" 2> /dev/null' TERM
trap 'kill -s USR1 "$child" 2> /dev/null' USR1

"${command[@]}" < /dev/null &
child=$!
# A signal ends a wait, and its trap runs; the experiment goes on until it is ready.
while wait "$child"; kill -0 "$child" 2> /dev/null; do :; done
# The code of a child that has ended is remembered; that of an interrupted wait was another.
wait "$child"
code=$?

((code == requeue_code)) || exit "$code"
if [[ $terminated ]]; then
    echo "ended by Slurm after a checkpoint; the same job goes on from there where Slurm runs it again"
    exit 143
fi
# Work that ends early each time would go on for ever.
if ((${SLURM_RESTART_COUNT:-0} >= most_restarts)); then
    echo "not requeued: it was restarted $SLURM_RESTART_COUNT times; submit it again with a longer --time" >&2
    exit 1
fi
echo "requeueing $job, which goes on from its checkpoint"
# Where a job may not do this, RequeueExit still may. Where it may, the code no longer matters.
scontrol requeue "$job"
exit "$requeue_code"
