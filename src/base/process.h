// Settings of the whole process, made once at the start of a program.
#pragma once

namespace kerasan {

// One BLAS thread, and an allocator that keeps what tensors give back.
void prepare_process();

}  // namespace kerasan
