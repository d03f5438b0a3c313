// The sessions of several clients over one archive, from login to logout: whatever they send, what each is told
// fits together (tests/model). Inputs are scripts, which mutate by lines more often than by octets.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "tests/model/author.hpp"
#include "tests/model/broken.hpp"
#include "tests/model/play.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    try {
        mailhold::model::play({reinterpret_cast<const char*>(data), size});
    } catch (const mailhold::model::Broken& broken) {
        std::fprintf(stderr, "%s\n", broken.what());
        std::abort();
    }
    return 0;
}

#ifdef MAILHOLD_FUZZ
extern "C" std::size_t LLVMFuzzerMutate(unsigned char* data, std::size_t size, std::size_t most);

extern "C" std::size_t LLVMFuzzerCustomMutator(unsigned char* data, std::size_t size,
                                               std::size_t most, unsigned seed) {
    if (seed % 4 == 0) return LLVMFuzzerMutate(data, size, most);
    mailhold::model::Author author(seed);
    std::vector<std::string> lines(1);
    for (std::size_t i = 0; i < size; ++i) {
        if (data[i] == '\n')
            lines.emplace_back();
        else
            lines.back() += static_cast<char>(data[i]);
    }
    const auto at = [&](unsigned salt) {
        return lines.begin() + static_cast<std::ptrdiff_t>((seed / 64 * salt) % lines.size());
    };
    const auto where = at(2654435761U), other = at(40503U);
    switch (seed / 4 % 8) {
        case 0:
            lines.erase(where);
            break;
        case 1:
            std::iter_swap(where, other);
            break;
        case 2:
            lines.insert(where, std::string(*other));
            break;
        case 3:
            if (size < 100)
                lines = {author.script(20)};
            else
                *where = author.line();
            break;
        default:
            lines.insert(where, author.line());
            break;
    }
    std::string text;
    for (const auto& line : lines) text += line + "\n";
    text.pop_back();
    text.resize(std::min(text.size(), most));
    std::ranges::copy(text, data);
    return text.size();
}
#endif
