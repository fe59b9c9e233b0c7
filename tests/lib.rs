//! The tests of the workspace as a whole are next to this file; there is no code here.
