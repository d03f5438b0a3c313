// Octets that came and were not used yet. Appending and taking are linear in all, however small the
// pieces are.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mailhold::imap::wire {

// Views that are handed out stay valid until the next append().
class LineBuffer {
  public:
    void append(std::string_view octets) {
        if (2 * used_ >=
            octets_.size()) {  // moves no more octets than were used since the last time
            octets_.erase(0, used_);
            scanned_ -= used_;
            used_ = 0;
        }
        octets_.append(octets);
    }

    // The next line without its end (CRLF or a lone LF), or nullopt while that has not come.
    std::optional<std::string_view> take_line() {
        const auto end = octets_.find('\n', scanned_);
        if (end == std::string::npos) {
            scanned_ = octets_.size();
            return std::nullopt;
        }
        auto line = std::string_view(octets_).substr(used_, end - used_);
        if (line.ends_with('\r')) line.remove_suffix(1);
        used_ = scanned_ = end + 1;
        return line;
    }

    std::string_view take(std::uint64_t at_most) {
        const auto piece = view().substr(0, std::min<std::uint64_t>(at_most, view().size()));
        used_ += piece.size();
        scanned_ = std::max(scanned_, used_);
        return piece;
    }

    std::string_view view() const { return std::string_view(octets_).substr(used_); }
    bool empty() const { return used_ == octets_.size(); }
    void clear() { *this = LineBuffer(); }

  private:
    std::string octets_;
    std::size_t used_ = 0;     // octets before this are done with
    std::size_t scanned_ = 0;  // no line ends between used_ and here; never less than used_
};

}  // namespace mailhold::imap::wire
