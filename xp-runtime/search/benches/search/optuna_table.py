"""Regret of PyPI's optuna 5 beside ours, scored alike: median regret after 50 trials over that of random search, geometric means
of the ratios floored at 0.01, with 95 % intervals by resampling seeds.

    python3 xp-runtime/search/benches/search/optuna_table.py [--seeds 20] [--first 1] [--samplers gp,tpe] [--workers 1]

It gets its packages by pip into a folder in the user's cache, builds `cargo bench -p xp-search`, lets
it print our own table, and asks the same bench for the problems' values.
"""

import argparse
import json
import math
import pathlib
import random
import statistics
import subprocess

import packages

TRIALS = 50
FLOOR = 0.01
ROOT = pathlib.Path(__file__).resolve().parents[4]


class Bench:
    """Our bench, which knows the problems."""

    def __init__(self):
        command = ["cargo", "bench", "-q", "-p", "xp-search", "--bench", "search", "--", "serve"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.problems = json.loads(self.process.stdout.readline())

    def value(self, problem, point, seed, number):
        question = {"problem": problem, "point": point, "seed": seed, "number": number}
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def suggest(trial, parameter):
    name, domain = parameter["name"], parameter["domain"]
    kind = domain["kind"]
    if kind in ("uniform", "log"):
        return trial.suggest_float(name, domain["low"], domain["high"], log=kind == "log")
    if kind == "int":
        return trial.suggest_int(name, domain["low"], domain["high"], step=domain["step"])
    if kind == "log_int":
        return trial.suggest_int(name, domain["low"], domain["high"], log=True)
    return trial.suggest_categorical(name, domain["values"])


def regret(optuna, bench, problem, sampler, seed, workers):
    samplers = optuna.samplers
    made = {
        "gp": lambda: samplers.GPSampler(seed=seed),
        "tpe": lambda: samplers.TPESampler(seed=seed),
        "random": lambda: samplers.RandomSampler(seed=seed),
    }[sampler]()
    study = optuna.create_study(sampler=made)
    running, chosen = [], (math.inf, math.inf)
    for number in range(TRIALS + workers - 1):
        if number < TRIALS:
            trial = study.ask()
            point = {parameter["name"]: suggest(trial, parameter) for parameter in problem["space"]["parameters"]}
            running.append((trial, point))
        if len(running) < workers and number < TRIALS:
            continue
        trial, point = running.pop(0)
        answer = bench.value(problem["name"], point, seed, trial.number)
        chosen = min(chosen, (answer["observed"], answer["regret"]))
        study.tell(trial, answer["observed"])
    return chosen[1]


def geometric(ratios):
    return math.exp(statistics.fmean(math.log(max(ratio, FLOOR)) for ratio in ratios))


def score(problems, regrets, pick):
    wanted = [problem for problem in problems if pick(problem)]
    ratio = lambda problem, seeds: statistics.median(regrets[problem["name"]][seed] for seed in seeds) / problem["random"]
    seeds = range(len(next(iter(regrets.values()))))
    value = geometric(ratio(problem, seeds) for problem in wanted)
    draw = random.Random(0)
    resampled = sorted(
        geometric(ratio(problem, draw.choices(seeds, k=len(seeds))) for problem in wanted) for _ in range(400)
    )
    return f"{value:.3f} [{resampled[10]:.3f}, {resampled[389]:.3f}]"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--samplers", default="gp,tpe")
    parser.add_argument("--workers", type=int, default=1, choices=[1, 4])
    options = parser.parse_args()
    packages.provide()
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    import warnings

    warnings.filterwarnings("ignore")
    part = "regret" if options.workers == 1 else "workers"
    ours = ["cargo", "bench", "-q", "-p", "xp-search", "--bench", "search", "--", part, "--samplers", options.samplers]
    subprocess.run([*ours, "--seeds", str(options.seeds), "--first", str(options.first)], cwd=ROOT, check=True)
    bench = Bench()
    print(f"# optuna {optuna.__version__}, {options.seeds} seeds, {options.workers} outstanding", flush=True)
    for sampler in options.samplers.split(","):
        regrets = {
            problem["name"]: [
                regret(optuna, bench, problem, sampler, seed, options.workers)
                for seed in range(options.first, options.first + options.seeds)
            ]
            for problem in bench.problems
        }
        parts = [
            ("all", lambda problem: True),
            ("continuous", lambda problem: not problem["hyperparameter_like"]),
            ("hyperparameter-like", lambda problem: problem["hyperparameter_like"]),
        ]
        scores = [f"{name} {score(bench.problems, regrets, pick)}" for name, pick in parts]
        print(f"optuna {sampler}: " + ", ".join(scores), flush=True)


main()
