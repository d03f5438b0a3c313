// Writes scripts (play.hpp) of what clients might do, of nothing but a number: the same number, the
// same script.
#pragma once

#include <cstdint>
#include <random>
#include <string>

namespace mailhold::model {

class Author {
  public:
    explicit Author(std::uint64_t seed) : random_(seed) {}
    std::string script(std::size_t lines);
    std::string opening();  // everyone logs in, and there are workspaces
    std::string line();

  private:
    std::size_t below(std::size_t n) { return random_() % n; }
    std::string filled(std::string_view pattern);
    std::string part(char kind);
    std::mt19937_64 random_;
};

}  // namespace mailhold::model
