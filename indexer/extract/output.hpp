// Where the text of one attachment goes while it is read: it holds the limits, and remembers what
// was left out, so that nothing is lost in silence. One extraction's, one thread's.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "indexer/text/attachment.hpp"

namespace mailhold::indexer::extract {

// Of one attachment, with all that is packed in it.
struct Limits {
    std::size_t text = 16 << 20;                  // octets of UTF-8 that are kept
    std::size_t unpacked = std::size_t{1} << 30;  // octets that come out of archives
    std::size_t in_memory = 64 << 20;             // of one member of an archive
    std::size_t members = 20'000;                 // of archives, in all
    std::size_t depth = 6;                        // of archives and mails within each other
    std::chrono::milliseconds processor{20'000};  // then it ends with what it has
    bool operator==(const Limits&) const = default;
};

class Output {
  public:
    explicit Output(const Limits& limits);

    const Limits& limits() const { return limits_; }

    // To the piece in work; cut where the limit is.
    void add(std::string_view utf8);
    // What follows is another piece.
    void end_piece();
    // Something was not read as a whole. The worst is what the attachment is said to be (failed,
    // then encrypted, truncated), with the reason that came with it first. A member that is
    // unsupported is a remark, unless no member has text.
    void mark(text::ExtractStatus status, std::string_view reason);
    // Within a container every reason names the member it is about.
    // The name is a piece of its own.
    void enter(std::string_view member);
    void leave() { names_.pop_back(); }
    std::size_t depth() const { return names_.size(); }

    // False, and marked as truncated: whoever reads must stop.
    bool may_go_on();
    bool count_member();
    bool count_unpacked(std::size_t octets);

    text::Extraction finish(std::uint32_t maker);

  private:
    std::string told(std::string_view reason) const;

    Limits limits_;
    text::Extraction extraction_;
    std::string piece_;
    std::size_t room_;  // for text
    std::size_t unpacked_ = 0;
    std::size_t members_ = 0;
    std::vector<std::string> names_;  // of the members we are in
    std::string unsupported_;         // about the first member that is
    bool found_ = false;              // any text
    bool out_of_time_ = false;
    std::chrono::nanoseconds started_;
};

}  // namespace mailhold::indexer::extract
