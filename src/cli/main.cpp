#include "cli/options.h"

// https://github.com/OpenMathLib/OpenBLAS: its own threads would not share our low priority.
extern "C" void openblas_set_num_threads(int count);

int main(int argc, char** argv) {
  openblas_set_num_threads(1);
  return kerasan::cli::main_with({argv + 1, argv + argc});
}
