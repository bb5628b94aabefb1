#include "base/process.h"
#include "cli/options.h"

int main(int argc, char** argv) {
  kerasan::prepare_process();
  return kerasan::cli::main_with({argv + 1, argv + argc});
}
