// What every part of the model says of a server that went wrong.
#pragma once

#include <stdexcept>
#include <string>

namespace mailhold::model {

struct Broken : std::logic_error {
    using std::logic_error::logic_error;
};

inline void demand(bool holds, const std::string& otherwise) {
    if (!holds) throw Broken(otherwise);
}

}  // namespace mailhold::model
