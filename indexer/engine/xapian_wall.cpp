// Which of Xapian's exceptions is which of our errors; numbers in its metadata.
#include "indexer/engine/xapian_wall.hpp"

#include <charconv>
#include <utility>

namespace mailhold::indexer::engine {
namespace {

Errc code_of(const Xapian::Error& problem) {
    const char* system = problem.get_error_string();
    const auto is_system = [&](int number) {
        return system != nullptr && std::string_view(system) == std::strerror(number);
    };
    if (is_system(ENOSPC)) return Errc::no_space;
    // Of the process or the machine, and no fault of the index.
    if (is_system(EMFILE) || is_system(ENFILE) || is_system(ENOMEM)) return Errc::io;
    // Xapian's errors have no virtual functions: their type is a name.
    static constexpr std::pair<std::string_view, Errc> codes[] = {
        {"DatabaseLockError", Errc::locked},
        {"DatabaseModifiedError",
         Errc::timeout},  // a writer faster than this reader; the next try may succeed
        {"DatabaseCorruptError", Errc::corrupt},
        {"DatabaseOpeningError", Errc::corrupt},
        {"DatabaseNotFoundError", Errc::corrupt},
        {"DatabaseVersionError", Errc::corrupt},
        {"DocNotFoundError", Errc::corrupt},
        {"FeatureUnavailableError", Errc::corrupt},
        {"SerialisationError", Errc::corrupt},
        {"RangeError", Errc::corrupt},
    };
    // "EOF reading block", for one.
    if (problem.get_type() == std::string_view("DatabaseError") && system == nullptr)
        return Errc::corrupt;
    for (const auto& [type, code] : codes) {
        if (type == problem.get_type()) return code;
    }
    return Errc::io;
}

}  // namespace

std::uint32_t number_in(const Xapian::Database& terms, const char* key) {
    const auto text = terms.get_metadata(key);
    std::uint32_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::uint32_t last_chunk(const Xapian::Database& terms) {
    auto chunk = first_chunk(terms);
    while (!terms.get_metadata(lexicon_key(chunk + 1)).empty()) ++chunk;
    return chunk;
}

Error error_of(std::string_view doing, const Xapian::Error& problem) {
    const char* system = problem.get_error_string();
    return {code_of(problem), fmt::format("index: {}: {}{}{}", doing, problem.get_msg(),
                                          system ? ": " : "", system ? system : "")};
}

}  // namespace mailhold::indexer::engine
