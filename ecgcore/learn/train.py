"""Train one network; its moving average is what is validated and kept.

Everything that is drawn at random follows from the seed and the number of the step, so that a run
that goes on from its saved state makes the very weights that an uninterrupted one makes.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import nn

from ecgcore.errors import TrainingError
from ecgcore.learn import curves, state
from ecgcore.learn.augment import Augmenter
from ecgcore.learn.batch_norm import shared_over_processes
from ecgcore.learn.checkpoints_used import start_from, teacher_targets
from ecgcore.learn.config import RunConfig
from ecgcore.learn.draws import Draws, mix
from ecgcore.learn.fabric import memory_mib, utilisation
from ecgcore.learn.losses import Seen, terms_of
from ecgcore.learn.optimise import make_optimiser, restore_statistics, update_average
from ecgcore.learn.pretext import NamingNetwork, reading
from ecgcore.learn.run_folder import Epoch
from ecgcore.learn.run_writer import RunWriter
from ecgcore.learn.scaling import scaled
from ecgcore.learn.schedule import average_decay, learning_rate_share
from ecgcore.learn.training_data import Batch, Batches, TrainingData
from ecgcore.learn.validate import Validation, validate
from ecgcore.model.checkpoint import build_network


class Trainer:
    """One run on its way: `fit` goes through the epochs and can be interrupted and resumed.

    Parameters
    ----------
    config : RunConfig
    data : TrainingData
    fabric : Fabric
        Launched.
    writer : RunWriter
    asked_to_stop : callable
        Looked at once per step.
    """

    def __init__(
        self,
        config: RunConfig,
        data: TrainingData,
        fabric: Fabric,
        writer: RunWriter,
        asked_to_stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self.config = config
        self.data = data
        self.fabric = fabric
        self.writer = writer
        self.asked_to_stop = asked_to_stop
        self.augmenter = Augmenter(config.augment, config.preprocessing)
        self.terms = terms_of(config)
        self.batches = Batches(
            data.train,
            config.training.batch,
            config.seed,
            fabric.global_rank,
            fabric.world_size,
            pinned=fabric.device.type == "cuda",
        )
        teacher = teacher_targets(config, data.train.recordings, fabric.device)
        self.teacher = None if teacher is None else torch.from_numpy(teacher)
        self._set_up()

    def _set_up(self) -> None:
        """Make network, average and optimiser, and hand them to Fabric."""
        training = self.config.training
        torch.manual_seed(mix(self.config.seed, "weights"))
        network = fresh_network(self.config)
        if training.start_from:
            start_from(network, training.start_from, self.config)
        if training.naming_weight:
            network = NamingNetwork(network)
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        average = copy.deepcopy(network).eval().requires_grad_(requires_grad=False)
        if self.fabric.world_size > 1:
            on_gpu = self.fabric.device.type == "cuda"
            share = nn.SyncBatchNorm.convert_sync_batchnorm if on_gpu else shared_over_processes
            network = share(network)
        optimiser = make_optimiser(network, training.learning_rate, training.weight_decay)
        average.to(self.fabric.device)
        self.state = state.TrainState(network, average, optimiser)
        to_run: Any = torch.compile(network) if training.compile else network
        self.network, self.optimiser = self.fabric.setup(to_run, optimiser)

    @property
    def kept(self) -> nn.Module:
        """The network to keep: the average, as it is now or as it was after the best epoch."""
        kept = copy.deepcopy(self.state.average).cpu()
        if self.state.best:
            kept.load_state_dict(self.state.best)
        return reading(kept)

    def resume(self, folder: Path) -> bool:
        """Go on from the state in `folder`; False if there is none.

        Raises
        ------
        TrainingError
            It does not belong to this run.
        """
        found = state.read_state(self.state, folder)
        self.writer.forget_after(self.state.position.epoch)
        return found

    def fit(self) -> str:
        """Train until the end, or until asked to stop.

        Returns
        -------
        str
            ``"finished"`` or ``"stopped"``, the state then being saved.

        Raises
        ------
        TrainingError
            Too many steps in a row gave a loss or gradient that is not finite.
        """
        position = self.state.position
        while position.epoch < self.config.training.epochs and not self._run_out_of_patience():
            began = time.perf_counter()
            if not self._train_epoch():
                self._save()
                return "stopped"
            self._close_epoch(began)
        return "finished"

    def _train_epoch(self) -> bool:
        """Take the remaining steps of the epoch; False when asked to stop."""
        position, training = self.state.position, self.config.training
        self.network.train()
        before = time.perf_counter()
        for batch in self.batches.of_epoch(position.epoch, first=position.step):
            stop = self._step(batch)
            now = time.perf_counter()
            position.seconds += now - before
            before = now
            self._tell()
            if stop and position.step < self.batches.per_epoch:
                return False
            if position.step % training.state_every_steps == 0:
                self._save()
        return True

    def _step(self, batch: Batch) -> bool:
        """Take one optimisation step; returns whether anybody asked to stop."""
        position, device = self.state.position, self.fabric.device
        number = position.epoch * self.batches.per_epoch + position.step
        seen = self._look(batch, number, device)
        parts = [term.part(seen) for term in self.terms]
        flag = torch.tensor(float(self.asked_to_stop()), device=device)
        local = torch.stack(
            [flag, *(p.total.detach().float() for p in parts), *(p.count.float() for p in parts)]
        )
        # Over all processes; one sum, as each costs a wait.
        stop, *sums = torch.as_tensor(self.fabric.all_reduce(local, reduce_op="sum")).unbind()
        counts = [count.clamp(min=1) for count in sums[len(parts) :]]
        world = self.fabric.world_size  # gradients are averaged over the processes
        loss = torch.stack(
            [
                t.weight * p.total / n * world
                for t, p, n in zip(self.terms, parts, counts, strict=True)
            ]
        ).sum()
        whole = sum(t.weight * s / n for t, s, n in zip(self.terms, sums, counts, strict=False))
        self._descend(loss, torch.as_tensor(whole), number)
        position.step += 1
        return bool(stop)

    def _look(self, batch: Batch, number: int, device: torch.device) -> Seen:
        """Augment a batch and pass it through the network."""
        seed = self.config.seed
        draws = Draws(mix(seed, "augment", number), batch.n, batch.part, device)
        x, present, scale_known, targets = (
            tensor.to(device, non_blocking=True)
            for tensor in (batch.x, batch.present, batch.chest_scale_known, batch.targets)
        )
        x, present, shown = self.augmenter(x, present, scale_known, draws)
        x = scaled(x, self.config.preprocessing)
        torch.manual_seed(mix(seed, "dropout", number, self.fabric.global_rank))
        logits, _, *names = self.network(x, present)
        teacher = None if self.teacher is None else self.teacher[batch.indices].to(device)
        named = names[0].float() if names else None
        return Seen(logits.float(), targets, teacher, present, shown, named)

    def _descend(self, loss: torch.Tensor, whole: torch.Tensor, number: int) -> None:
        """Follow the gradient, unless it or the loss of all processes is not finite."""
        training, position = self.config.training, self.state.position
        n_steps = self.batches.per_epoch * training.epochs
        rate = training.learning_rate * learning_rate_share(number, n_steps, training.warm_up)
        for group in self.state.optimiser.param_groups:
            group["lr"] = rate
        self.optimiser.zero_grad()
        self.fabric.backward(loss)
        norm = self.fabric.clip_gradients(
            self.network, self.optimiser, max_norm=training.clip_norm, error_if_nonfinite=False
        )
        assert norm is not None  # a largest norm was given
        value, finite = torch.stack([whole, torch.isfinite(norm + whole).float()]).tolist()
        if not finite:
            self._skip()
            return
        self.optimiser.step()
        decay = average_decay(number, training.ema)
        update_average(self.state.average, self.state.network, decay)
        position.loss_sum += value
        position.good_steps += 1
        position.bad_steps = 0

    def _skip(self) -> None:
        """Leave a step out; raise when there are too many in a row."""
        position = self.state.position
        position.bad_steps += 1
        position.skipped += 1
        restore_statistics(self.state.network, self.state.average)
        if position.bad_steps >= self.config.training.max_bad_steps:
            raise TrainingError(
                f"The loss or its gradient was not finite in {position.bad_steps} steps in a row, "
                f"up to step {position.step + 1} of epoch {position.epoch + 1}; the last saved "
                "state is from before. A lower learning rate or other recordings may help."
            )

    def _close_epoch(self, began: float) -> None:
        """Validate, note the figures and save the state."""
        position = self.state.position
        result = validate(
            reading(self.state.average), self.data.validation, self.config, self.fabric
        )
        epoch = self._figures(result, time.perf_counter() - began)
        position.epoch, position.step = position.epoch + 1, 0
        position.loss_sum, position.good_steps, position.seconds = 0.0, 0, 0.0
        if result.macro_auc is not None and result.macro_auc > (position.best_auc or 0.0):
            position.best_auc, position.best_epoch = result.macro_auc, position.epoch
            if self.config.training.keep == "best":
                average = self.state.average.state_dict()
                self.state.best = {key: value.clone().cpu() for key, value in average.items()}
        self.writer.add(epoch)
        if self.config.training.tensorboard and self.writer.writes:
            curves.add(epoch, self.writer.folder)
        self._tell(now=True)
        self._save()

    def _figures(self, result: Validation, seconds: float) -> Epoch:
        """Figures of the epoch at hand; records/s is of the training steps alone."""
        position = self.state.position
        return Epoch(
            epoch=position.epoch + 1,
            loss=position.loss_sum / position.good_steps if position.good_steps else None,
            validation_loss=result.loss,
            validation_macro_auc=result.macro_auc,
            validation_auc=result.auc,
            learning_rate=self.state.optimiser.param_groups[0]["lr"],
            records_per_s=len(self.data.train) / position.seconds,
            seconds=seconds,
            memory_mib=memory_mib(self.fabric.device),
            utilisation=utilisation(self.fabric.device),
        )

    def _run_out_of_patience(self) -> bool:
        patience, position = self.config.training.patience, self.state.position
        return bool(patience and position.best_epoch) and (
            position.epoch - position.best_epoch >= patience
        )

    def _tell(self, *, now: bool = False) -> None:
        """Say how far the run is, and how long it will take at the pace of this epoch."""
        position, per_epoch = self.state.position, self.batches.per_epoch
        left = (self.config.training.epochs - position.epoch) * per_epoch - position.step
        pace = position.seconds / position.step if position.step else None
        self.writer.update(
            now=now,
            state="running",
            epoch=position.epoch,
            step=position.step,
            steps_per_epoch=per_epoch,
            **({} if pace is None else {"eta_s": left * pace}),
        )

    def _save(self) -> None:
        if self.writer.writes:
            state.write_state(self.state, self.writer.folder)


def fresh_network(config: RunConfig) -> nn.Module:
    """Make the network of a run, with weights from torch's generator."""
    return build_network(config.kind, vars(config.network))
