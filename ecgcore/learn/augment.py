"""Changes to training recordings that leave their labels true: swaps, noise, filters, fewer leads.

Signals are torch tensors of shape (B, 12, N) in mV, conditioned but not scaled, so that a swap can
be applied exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from ecgcore.errors import TrainingError
from ecgcore.learn import disturb, warp
from ecgcore.learn.draws import Draws
from ecgcore.learn.swaps import SWAP_KINDS, Swapper, leads_shown
from ecgcore.signal.preprocess import PreprocessingConfig

_SHARES = (
    "swap_probability",
    "drop_leads_probability",
    "low_pass_probability",
    "zoom_probability",
    "crop_probability",
    "wander_probability",
    "mains_probability",
    "muscle_probability",
    "recorder_probability",
    "lead_off_probability",
)


@dataclass(frozen=True)
class AugmentConfig:
    """How often and how strongly training recordings are changed; a probability of 0 switches off.

    Attributes
    ----------
    swap_probability : float
        Share of recordings whose electrodes are swapped.
    swap_kinds : tuple of str
        Of `swaps.SWAP_KINDS`; a swapped recording gets any swap of these kinds, each as likely.
    shift_s : float
        Largest shift in time, seconds; what leaves the window is lost, zeros enter.
    noise : float
        Largest root mean square of added noise, white and slow, relative to that of the lead.
    chest_scale_sd : float
        Standard deviation of the log of the chest-to-limb scale, where a source does not keep it.
    drop_leads_probability : float
        Share of recordings of which only some leads, at least one, are shown.
    leads_shown : int
        Most leads of a recording that are shown in one step, others each time. Six of twelve take
        half the time, as the network works lead by lead.
    low_pass_probability : float
        Share of recordings that are smoothed (-3 dB at 13 Hz of 100 Hz).
    zoom_probability, zoom : float
        Share of recordings whose time runs faster or slower, by at most this relative amount.
    crop_probability, crop_shortest_s : float
        Share of recordings cut to a shorter stretch, and its least length, seconds.
    gain_sd, lead_gain_sd : float
        Standard deviation of the log of a gain per recording, and of one per lead.
    wander_probability, wander : float
        Share of recordings with baseline wander, and its largest amplitude, relative to the lead.
    mains_probability, mains : float
        The same of 50 or 60 Hz hum.
    muscle_probability, muscle : float
        The same of muscle noise (root mean square).
    recorder_probability : float
        Share of recordings filtered again, as by another recorder (low-pass 15-40 Hz, high-pass
        0.05-1 Hz).
    lead_off_probability, lead_off_s : float
        Share of recordings in which some electrodes come off (about one lead in six is flat for a
        while), and the longest time, seconds.
    """

    swap_probability: float = 0.5
    swap_kinds: tuple[str, ...] = ("table", "same_colour")
    shift_s: float = 1.0
    noise: float = 0.2
    chest_scale_sd: float = 0.4
    drop_leads_probability: float = 0.2
    leads_shown: int = 12
    low_pass_probability: float = 0.3
    zoom_probability: float = 0.0
    zoom: float = 0.03
    crop_probability: float = 0.0
    crop_shortest_s: float = 5.0
    gain_sd: float = 0.0
    lead_gain_sd: float = 0.0
    wander_probability: float = 0.0
    wander: float = 0.5
    mains_probability: float = 0.0
    mains: float = 0.3
    muscle_probability: float = 0.0
    muscle: float = 0.3
    recorder_probability: float = 0.0
    lead_off_probability: float = 0.0
    lead_off_s: float = 3.0

    def __post_init__(self) -> None:
        for name in _SHARES:
            if not 0 <= getattr(self, name) <= 1:
                raise TrainingError(f"augment.{name} is {getattr(self, name)}, expected 0 to 1.")
        for name, value in vars(self).items():
            if isinstance(value, float) and not 0 <= value < float("inf"):
                raise TrainingError(f"augment.{name} is {value}, expected 0 or more.")
        if self.leads_shown < 1:
            raise TrainingError(f"augment.leads_shown is {self.leads_shown}, expected 1 or more.")
        if self.zoom >= 1:
            raise TrainingError(f"augment.zoom is {self.zoom}, expected below 1.")
        unknown = [kind for kind in self.swap_kinds if kind not in SWAP_KINDS]
        if unknown or not self.swap_kinds:
            raise TrainingError(
                f"augment.swap_kinds are {self.swap_kinds}, expected some of {tuple(SWAP_KINDS)}."
            )

    @classmethod
    def nothing(cls) -> AugmentConfig:
        """Return the configuration that changes nothing."""
        return cls(
            **dict.fromkeys(_SHARES, 0.0),  # type: ignore[arg-type]
            shift_s=0.0,
            noise=0.0,
            chest_scale_sd=0.0,
        )


class Augmenter:
    """Draws and applies the changes."""

    def __init__(self, config: AugmentConfig, preprocessing: PreprocessingConfig) -> None:
        self.config = config
        self.preprocessing = preprocessing
        self.swapper = Swapper(config.swap_kinds)

    def __call__(
        self, x: torch.Tensor, present: torch.Tensor, chest_scale_known: torch.Tensor, draws: Draws
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Change the recordings that this process holds of a batch.

        Parameters
        ----------
        x : tensor, shape (B, 12, N), mV
        present : bool tensor, shape (B, 12)
        chest_scale_known : bool tensor, shape (B,)
        draws : Draws
            Of this step.

        Returns
        -------
        x, present
            Of the same shapes, still not scaled. Samples that were padding stay zero.
        shown : tensor of int64, shape (B, 12)
            Which lead each row shows after the swap: see `swaps.leads_shown`.
        """
        recorded = (x != 0).any(dim=1, keepdim=True)  # (B, 1, N)
        x = self._vary_chest_scale(x, chest_scale_known, draws.named("chest scale"))
        x, present, shown = self._swap(x, present, draws.named("swap"))
        x = self._disturb(x, draws) * recorded
        x = self._vary_gain(x, draws.named("gain"))
        x = self._filter(x, draws) * recorded
        x = self._warp(x, draws)
        x = self._lead_off(x, draws.named("lead off"))
        present = self._drop_leads(present, draws.named("drop leads"))
        return x, self._show_some(present, draws.named("some leads")), shown

    def _vary_chest_scale(self, x: torch.Tensor, known: torch.Tensor, draws: Draws) -> torch.Tensor:
        spread = draws.normal(6) * self.config.chest_scale_sd
        spread = spread.masked_fill(known[:, None], 0.0)
        return torch.cat([x[:, :6], x[:, 6:] * spread.exp()[:, :, None]], dim=1)

    def _swap(
        self, x: torch.Tensor, present: torch.Tensor, draws: Draws
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        chosen = draws.chosen(self.config.swap_probability)
        out, here, matrices = self.swapper(x, present, chosen, draws)
        return out, here, leads_shown(matrices)

    def _disturb(self, x: torch.Tensor, draws: Draws) -> torch.Tensor:
        """Add whatever noise is switched on, relative to each lead as it was before."""
        config, fs = self.config, self.preprocessing.fs
        rms = disturb.lead_rms(x, self.preprocessing.rms_floor)
        out = x
        for name, kind, probability, most in (
            ("noise", disturb.white_and_slow, 1.0, config.noise),
            ("wander", disturb.wander, config.wander_probability, config.wander),
            ("mains", disturb.mains, config.mains_probability, config.mains),
            ("muscle", disturb.muscle, config.muscle_probability, config.muscle),
        ):
            if probability and most:
                own = draws.named(name)
                strength = own.uniform() * most * own.chosen(probability)
                out = out + rms * strength[:, None, None] * kind(x, own, fs)
        return out

    def _vary_gain(self, x: torch.Tensor, draws: Draws) -> torch.Tensor:
        config = self.config
        if not config.gain_sd and not config.lead_gain_sd:
            return x
        log_gain = draws.normal(1, 1) * config.gain_sd
        return x * (log_gain + draws.normal(x.shape[1], 1) * config.lead_gain_sd).exp()

    def _filter(self, x: torch.Tensor, draws: Draws) -> torch.Tensor:
        out = x.clone()
        chosen = draws.named("low pass").chosen(self.config.low_pass_probability)
        out[chosen] = disturb.smooth(x[chosen])
        if self.config.recorder_probability:
            own = draws.named("recorder")
            chosen = own.chosen(self.config.recorder_probability)
            low, high = (
                _between(own.uniform(), *corners)
                for corners in (disturb.LOW_PASS_HZ, disturb.HIGH_PASS_HZ)
            )
            out[chosen] = disturb.other_recorder(
                out[chosen], low[chosen], high[chosen], self.preprocessing.fs
            )
        return out

    def _warp(self, x: torch.Tensor, draws: Draws) -> torch.Tensor:
        config, fs, n = self.config, self.preprocessing.fs, x.shape[2]
        if config.zoom_probability:
            own = draws.named("zoom")
            factor = 1 + config.zoom * (2 * own.uniform() - 1)
            chosen = own.chosen(config.zoom_probability)
            x = x.clone()
            x[chosen] = warp.zoom(x[chosen], factor[chosen])
        if config.shift_s:
            most = round(config.shift_s * fs)
            x = warp.shift(x, draws.named("shift").whole(-most, most + 1))
        if config.crop_probability:
            own = draws.named("crop")
            chosen = own.chosen(config.crop_probability)
            least = min(round(config.crop_shortest_s * fs), n)
            length = (least + own.uniform() * (n - least + 1)).long()
            start = (own.uniform() * (n - length + 1)).long()
            x = warp.crop(x, start * chosen, torch.where(chosen, length, n))
        return x

    def _lead_off(self, x: torch.Tensor, draws: Draws) -> torch.Tensor:
        if not self.config.lead_off_probability:
            return x
        chosen = draws.chosen(self.config.lead_off_probability)
        flat = chosen[:, None] & (draws.uniform(x.shape[1]) < 1 / 6)  # (B, 12)
        length = draws.uniform() * self.config.lead_off_s * self.preprocessing.fs
        start = draws.uniform() * x.shape[2]
        sample = torch.arange(x.shape[2], device=x.device)[None, :]
        during = (sample >= start[:, None]) & (sample < (start + length)[:, None])  # (B, N)
        return x.masked_fill(flat[:, :, None] & during[:, None, :], 0.0)

    def _drop_leads(self, present: torch.Tensor, draws: Draws) -> torch.Tensor:
        drop = draws.chosen(self.config.drop_leads_probability)
        kept = present & (draws.uniform(present.shape[1]) < draws.uniform(1))
        usable = drop & kept.any(dim=1)
        return torch.where(usable[:, None], kept, present)

    def _show_some(self, present: torch.Tensor, draws: Draws) -> torch.Tensor:
        """Keep at most `leads_shown` leads of each recording, any of those present."""
        if self.config.leads_shown >= present.shape[1]:
            return present
        order = draws.uniform(present.shape[1]).masked_fill(~present, 2.0)  # absent ones last
        rank = order.argsort(dim=1).argsort(dim=1)
        return present & (rank < self.config.leads_shown)


def _between(share: torch.Tensor, low: float, high: float) -> torch.Tensor:
    return low + (high - low) * share
