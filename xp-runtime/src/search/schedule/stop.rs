//! When a search stops or pauses, and how long its workers may take to stop.

use xp_host::{interrupt, thermal::Action, worker::Event};

use super::{
    super::{grace::grace, outcome::Stop, protocol::Order, receive::receive},
    Schedule, TICK,
};

impl Schedule<'_> {
    /// Lets workers write their checkpoints and end their trials, of which the study hears nothing.
    pub(super) fn leave_checkpoints(&mut self) {
        let since = self.clock().now();
        self.pool.send_all(&Order::Stop(Stop::Interrupt));
        while self.pool.busy().next().is_some() && self.clock().since(since) < grace() {
            match self.pool.next(TICK) {
                Some(Event::Line(id, line)) => {
                    let now = self.clock().now();
                    if let Some(slot) = self.pool.slot(id) {
                        // Whatever it reports, there is nobody to tell.
                        let _ = receive(slot, &line, now, self.journal);
                    }
                }
                Some(Event::Exited(id)) => drop(self.pool.remove(id)),
                None => {}
            }
        }
    }

    /// Stops for Ctrl-C, the end of its time, and heat; pauses and resumes for heat.
    pub(super) fn check_stops(&mut self) {
        if self.stopping.is_some() {
            return;
        }
        if interrupt::requested() {
            self.stop(Stop::Interrupt);
        } else if self.clock().now() >= self.deadline {
            self.stop(Stop::Timeout);
        } else if self.guard.sensor_lost(self.journal) {
            self.stop(Stop::SensorLost);
        } else {
            match (self.guard.action(), self.paused.0) {
                (Action::Abort, _) => self.stop(Stop::Heat),
                (Action::Pause, None) => {
                    self.guard.pause(self.journal);
                    self.paused.0 = Some(self.clock().now());
                    self.pool.send_all(&Order::Pause);
                }
                (Action::Go, Some(since)) => {
                    self.guard.resume(self.journal);
                    self.paused = (None, self.paused.1 + self.clock().since(since));
                    self.pool.send_all(&Order::Resume);
                }
                (Action::Pause, Some(_)) | (Action::Go, None) => {}
            }
        }
    }

    fn stop(&mut self, stop: Stop) {
        self.stopping = Some((stop, self.clock().now()));
        self.pool.send_all(&Order::Stop(stop));
    }
}
