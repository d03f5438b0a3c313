// See parameters.hpp. Total: what is no parameter is passed over.
#include "indexer/mime/parameters.hpp"

#include <algorithm>

#include "indexer/mime/header.hpp"

namespace mailhold::indexer::mime {
namespace {

constexpr std::size_t parameters_limit = 1000;

// Reads up to an unquoted ';' (or, with until_equals, '='), dropping comments and the quotes.
class Reader {
  public:
    explicit Reader(std::string_view text) : text_(text) {}
    bool at_end() const { return at_ >= text_.size(); }

    std::string name() {
        std::string result = piece("=;");
        return lower(result);
    }
    bool take(char octet) {
        if (at_end() || text_[at_] != octet) return false;
        ++at_;
        return true;
    }
    // A quoted string ends the value: what stands between it and the next ';' is nothing.
    std::string piece(std::string_view ends) {
        std::string result;
        while (!at_end() && ends.find(text_[at_]) == std::string_view::npos) {
            if (text_[at_] == '(') {
                skip_comment();
            } else if (text_[at_] == '"' && trim(result).empty()) {
                result = quoted();
                while (!at_end() && text_[at_] != ';') ++at_;
                return result;
            } else {
                result += text_[at_++];
            }
        }
        return std::string(trim(result));
    }

  private:
    std::string quoted() {
        std::string result;
        for (++at_; !at_end() && text_[at_] != '"'; ++at_) {
            if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
            result += text_[at_];
        }
        take('"');
        return result;
    }
    void skip_comment() {
        std::size_t depth = 0;
        do {
            if (text_[at_] == '\\')
                ++at_;
            else if (text_[at_] == '(')
                ++depth;
            else if (text_[at_] == ')')
                --depth;
            ++at_;
        } while (depth > 0 && !at_end());
        at_ = std::min(at_, text_.size());
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

ValueWithParameters split_parameters(std::string_view unfolded) {
    ValueWithParameters result;
    Reader reader(unfolded);
    result.value = lower(reader.piece(";"));
    while (reader.take(';') && result.parameters.size() < parameters_limit) {
        std::string name = reader.name();
        if (!reader.take('=')) continue;
        std::string value = reader.piece(";");
        if (!name.empty()) result.parameters.emplace_back(std::move(name), std::move(value));
    }
    return result;
}

const std::string* find_parameter(const Parameters& parameters, std::string_view name) {
    const auto found = std::ranges::find(parameters, name, &Parameters::value_type::first);
    return found == parameters.end() ? nullptr : &found->second;
}

}  // namespace mailhold::indexer::mime
