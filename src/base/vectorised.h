// For loops over elements that are worth the widest registers of the machine. Results are the same
// with any of them: nothing is contracted or reassociated.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__)
// The right one is picked when the program is loaded, before a sanitizer is ready for it.
#define KERASAN_VECTORISED \
  [[gnu::target_clones("arch=x86-64-v4", "avx2", "default"), gnu::optimize("O3")]]
#else
#define KERASAN_VECTORISED
#endif
