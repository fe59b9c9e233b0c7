//! Tests of the workspace as a whole live beside this file; there is no code here.
