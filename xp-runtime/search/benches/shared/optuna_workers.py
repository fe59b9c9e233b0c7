"""Worker processes of PyPI's Optuna, as `worker.rs` is one of ours: each says `ready`, waits, and says how many trials it has finished in
how many seconds. Each has a storage of its own, in a process that was forked when the packages were loaded.

usage: optuna_workers.py URL STUDY MOST SECONDS WORKERS STARTUP
"""

import math
import os
import sys
import time
import warnings

import optuna

url, name, most, seconds, workers, startup = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
optuna.logging.set_verbosity(optuna.logging.ERROR)
warnings.filterwarnings("ignore")


def objective(trial):
    dropout = trial.suggest_float("dropout", 0.0, 0.5)
    epochs = trial.suggest_int("epochs", 1, 50)
    hidden = trial.suggest_int("hidden", 8, 1024, log=True)
    rate = trial.suggest_float("learning_rate", 1e-5, 1e-1, log=True)
    trial.suggest_categorical("loss", ["bce", "focal", "mixed"])
    trial.suggest_float("weight_decay", 1e-6, 1e-2, log=True)
    return (math.log10(rate) + 3) ** 2 + (math.log2(hidden) - 8) ** 2 + dropout + epochs / 50


def say(text):
    os.write(1, f"{text}\n".encode())


def work(begin):
    storage = optuna.storages.RDBStorage(url.replace("postgresql://", "postgresql+psycopg2://", 1))
    sampler = optuna.samplers.TPESampler(n_startup_trials=startup)
    study = optuna.load_study(storage=storage, study_name=name, sampler=sampler)
    study.get_trials(deepcopy=False)
    say("ready")
    os.read(begin, 1)
    began, finished = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        trial = study.ask()
        if trial.number >= most:
            break
        study.tell(trial, objective(trial))
        finished += 1
    say(f"{finished} {time.monotonic() - began}")


begin, go = os.pipe()
children = []
for _ in range(workers):
    child = os.fork()
    if child == 0:
        os.close(go)
        work(begin)
        os._exit(0)
    children.append(child)
sys.stdin.readline()
os.close(go)
for child in children:
    os.waitpid(child, 0)
