// Work in pieces that idle cores take a part of: worth it for much arithmetic on few bytes. Passes
// over large arrays are not; they wait for memory, and for what the other core has just written.
#pragma once

#include <cstddef>

namespace kerasan {

namespace detail {
using Piece = void (*)(const void* work, std::size_t begin, std::size_t end);
void share(std::size_t n, std::size_t piece, Piece call, const void* work);
}  // namespace detail

// Calls work(begin, end) once for each `piece` neighbours of [0, n), at the same time on several
// cores; the pieces are the same on any number of them. Throws what the first piece to fail threw.
// Pieces of a piece are shared too, where a core has nothing else left.
template <class Work>
void for_pieces(std::size_t n, std::size_t piece, const Work& work) {
  if (n == 0) return;
  if (n <= piece) return work(std::size_t{0}, n);
  const auto call = [](const void* held, std::size_t begin, std::size_t end) {
    (*static_cast<const Work*>(held))(begin, end);
  };
  detail::share(n, piece, call, &work);
}

// From here on this thread does all its pieces itself: one that takes only time that nobody else
// wants would wait for helpers that get none.
void work_alone();

}  // namespace kerasan
