#include "base/process.h"

#include <malloc.h>

// https://github.com/OpenMathLib/OpenBLAS: its own threads would not share our low priority.
extern "C" void openblas_set_num_threads(int count);

namespace kerasan {

void prepare_process() {
  openblas_set_num_threads(1);
  // Each layer takes and gives back megabytes: mapping them anew costs more than the arithmetic.
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 256 << 20);
  mallopt(M_ARENA_MAX, 9);  // of one, threads that work side by side wait for each other
}

}  // namespace kerasan
