//! Tests of the workspace as a whole lie beside this file; there is no code here.
