// One pass over an address list; see address.hpp.
#include "indexer/mime/address.hpp"

#include <algorithm>

#include "indexer/mime/header.hpp"

namespace mailhold::indexer::mime {
namespace {

constexpr std::size_t addresses_limit = 10'000;

class Reader {
  public:
    explicit Reader(std::string_view text) : text_(text) {}

    std::vector<Address> read() {
        while (at_ < text_.size() && result_.size() < addresses_limit) step();
        finish();
        if (in_group_) result_.push_back({});
        return std::move(result_);
    }

  private:
    void step() {
        switch (text_[at_]) {
            case ',':
                ++at_;
                finish();
                break;
            case ';':
                ++at_;
                finish();
                end_group();
                break;
            case ':':
                ++at_;
                start_group();
                break;
            case '<':
                ++at_;
                angle();
                break;
            case '@':
                ++at_;
                host_ = host_ ? *host_ + "@" + domain() : domain();
                break;
            default:
                word();
        }
    }

    // One word of a phrase or local part, or the white space or comment between two.
    void word() {
        const char octet = text_[at_];
        if (is_blank(octet) || octet == '\r' || octet == '\n') {
            ++at_;
            spaced_ = true;
        } else if (octet == '(') {
            comment_ = comment();
            spaced_ = true;
        } else {
            if (!words_.empty() && spaced_) {
                words_ += ' ';
                last_word_ = words_.size();
            }
            octet == '"' ? quoted() : atom();
            spaced_ = false;
        }
    }

    void atom() {
        static constexpr std::string_view ends = " \t\r\n\"(),:;<>@";
        const std::size_t end = std::min(text_.find_first_of(ends, at_), text_.size());
        words_ += text_.substr(at_, end - at_);
        at_ = std::max(end, at_ + 1);  // past a special that means nothing here
    }
    void quoted() {
        for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
            if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
            words_ += text_[at_];
        }
        ++at_;
    }
    std::string comment() {
        std::string result;
        std::size_t depth = 1;
        for (++at_; at_ < text_.size(); ++at_) {
            const char octet = text_[at_];
            if (octet == ')' && --depth == 0) break;
            if (octet == '(') ++depth;
            if (octet == '\\' && at_ + 1 < text_.size()) ++at_;
            result += text_[at_];
        }
        ++at_;
        return std::string(trim(result));
    }
    // RFC 5322 3.4.1, with the blanks and comments that 4.4 allows dropped.
    std::string domain() {
        std::string result;
        while (at_ < text_.size()) {
            const char octet = text_[at_];
            if (octet == '(') {
                comment_ = comment();
            } else if (octet == '[') {
                const std::size_t end = std::min(text_.find(']', at_), text_.size() - 1) + 1;
                result += text_.substr(at_, end - at_);
                at_ = end;
            } else if (std::string_view(",;:<>@\"").contains(octet)) {
                break;
            } else if (is_blank(octet)) {
                // A blank belongs to a domain only around its dots.
                const auto next = text_.find_first_not_of(" \t", at_);
                const bool dotted = next != std::string_view::npos &&
                                    (text_[next] == '.' || result.ends_with('.') || result.empty());
                if (!dotted) break;
                at_ = next;
            } else {
                result += text_[at_++];
            }
        }
        return result;
    }

    void angle() {
        Address address;
        std::string phrase = words_;
        if (host_) phrase += (phrase.empty() ? "" : "@") + *host_;  // "a@b <a@b>"
        words_.clear();
        host_.reset();
        spaced_ = false;
        last_word_ = 0;
        if (at_ < text_.size() && text_[at_] == '@') {  // obs-route
            const std::size_t colon = text_.find_first_of(":>", at_);
            if (colon != std::string_view::npos && text_[colon] == ':') {
                address.route = std::string(text_.substr(at_, colon - at_));
                std::erase_if(*address.route, is_blank);
                at_ = colon + 1;
            }
        }
        while (at_ < text_.size() && text_[at_] != '>') {
            if (text_[at_] == '@') {
                ++at_;
                host_ = host_ ? *host_ + "@" + domain() : domain();
            } else if (std::string_view(",:;<").contains(text_[at_])) {
                words_ += text_[at_++];
            } else {
                word();
            }
        }
        ++at_;
        address.mailbox = words_;
        address.host = host_.value_or("");
        if (!phrase.empty()) address.name = std::move(phrase);
        result_.push_back(std::move(address));
        clear();
    }

    // An address without angle brackets: its name is what stands before the local part, or else the
    // comment. Words without a domain are a name without an address.
    void finish() {
        if (!words_.empty() || host_) {
            Address address;
            if (last_word_ > 0) {
                if (!host_) last_word_ = words_.size();
                address.name = std::string(trim(words_.substr(0, last_word_)));
            } else if (!comment_.empty()) {
                address.name = comment_;
            }
            address.mailbox = words_.substr(last_word_);
            address.host = host_.value_or("");
            result_.push_back(std::move(address));
        }
        clear();
    }
    void start_group() {
        Address start;
        start.mailbox = words_;
        if (in_group_) end_group();
        result_.push_back(std::move(start));
        in_group_ = true;
        clear();
    }
    void end_group() {
        if (in_group_) result_.push_back({});
        in_group_ = false;
    }
    void clear() {
        words_.clear();
        comment_.clear();
        host_.reset();
        spaced_ = false;
        last_word_ = 0;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::vector<Address> result_;
    bool in_group_ = false;
    std::string words_;          // phrase or local part so far
    std::size_t last_word_ = 0;  // where its last word begins
    std::string comment_;        // the last one
    std::optional<std::string> host_;
    bool spaced_ = false;
};

}  // namespace

std::vector<Address> parse_addresses(std::string_view unfolded) {
    return Reader(unfolded).read();
}

}  // namespace mailhold::indexer::mime
