//! Subnormal numbers (below 1.2e-38 in f32) count as 0 where models are computed: units that die have gradients and moments of such size,
//! and a processor takes a hundred cycles for each. PyTorch has the same switch (`torch.set_flush_denormal`), which tch does not expose.
//!
//! The setting is the thread's, and a new thread inherits that of the thread which starts it (POSIX.1-2017, `pthread_create`: the
//! floating-point environment is inherited): set before the first thread starts, it is that of libtorch's threads, too.
#![allow(
    unsafe_code,
    reason = "the control register of floating-point numbers is reached by instructions alone; only its flush bits are changed, never rounding or traps"
)]

use std::hint::black_box;

/// Subnormal inputs and results are 0 from here on, in this thread and in those that it starts. Does nothing on processors other than
/// x86-64 and AArch64.
pub fn flush() {
    control::write(control::read() | control::FLUSH);
}

/// Computes with subnormal numbers, as IEEE 754 has them: what must not depend on who computes it, such as a data set.
pub fn kept<T>(compute: impl FnOnce() -> T) -> T {
    /// Restores the setting after a panic, too.
    struct Restore(control::Register);
    impl Drop for Restore {
        fn drop(&mut self) {
            control::write(self.0);
        }
    }
    let before = Restore(control::read());
    control::write(before.0 & !control::FLUSH);
    // The compiler, which knows nothing of the register, may not move the last operations behind its restoration.
    black_box(compute())
}

/// MXCSR: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, section 10.2.3.
#[cfg(target_arch = "x86_64")]
mod control {
    use std::arch::asm;

    pub(super) type Register = u32;
    /// Flush-to-zero (bit 15) and denormals-are-zeros (bit 6).
    pub(super) const FLUSH: Register = 1 << 15 | 1 << 6;

    pub(super) fn read() -> Register {
        let mut value: Register = 0;
        // SAFETY: every x86-64 processor has SSE; the instruction writes 4 bytes to a local variable.
        unsafe {
            asm!("stmxcsr [{}]", in(reg) &raw mut value, options(nostack, preserves_flags));
        }
        value
    }

    pub(super) fn write(value: Register) {
        // SAFETY: as above; the value is one that was read, with other flush bits, so that no reserved bit is set.
        unsafe {
            asm!("ldmxcsr [{}]", in(reg) &raw const value, options(nostack, preserves_flags));
        }
    }
}

/// FPCR: Arm Architecture Reference Manual for A-profile, C5.2.8.
#[cfg(target_arch = "aarch64")]
mod control {
    use std::arch::asm;

    pub(super) type Register = u64;
    /// Flush-to-zero of f32 and f64 (bit 24).
    pub(super) const FLUSH: Register = 1 << 24;

    pub(super) fn read() -> Register {
        let value: Register;
        // SAFETY: the register is readable at every privilege level.
        unsafe {
            asm!("mrs {}, fpcr", out(reg) value, options(nomem, nostack, preserves_flags));
        }
        value
    }

    pub(super) fn write(value: Register) {
        // SAFETY: as above; the value is one that was read, with another flush bit.
        unsafe {
            asm!("msr fpcr, {}", in(reg) value, options(nostack, preserves_flags));
        }
    }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
mod control {
    pub(super) type Register = u32;
    pub(super) const FLUSH: Register = 0;

    pub(super) fn read() -> Register {
        0
    }

    pub(super) fn write(_: Register) {}
}

#[cfg(all(test, any(target_arch = "x86_64", target_arch = "aarch64")))]
mod tests {
    use std::thread;

    use super::*;

    /// Whether 1e-40, which is subnormal, is not 0; by its bits, since a comparison counts it as 0, too.
    fn has_subnormals() -> bool {
        (black_box(1e-20_f32) * black_box(1e-20_f32)).to_bits() != 0
    }

    #[test]
    fn subnormal_products_are_zero_in_a_thread_and_in_those_that_it_starts() {
        assert!(has_subnormals());
        thread::scope(|scope| {
            scope.spawn(|| {
                flush();
                assert!(!has_subnormals());
                thread::scope(|inner| {
                    inner.spawn(|| assert!(!has_subnormals()));
                });
                assert!(kept(has_subnormals));
                assert!(!has_subnormals());
            });
        });
        assert!(has_subnormals());
    }
}
