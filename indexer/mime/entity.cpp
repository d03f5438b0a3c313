// A recursive descent over boundary lines; its depth is limits.depth at most. See entity.hpp.
#include "indexer/mime/entity.hpp"

#include <algorithm>
#include <optional>

#include "indexer/mime/describe.hpp"
#include "indexer/mime/header.hpp"

namespace mailhold::indexer::mime {
namespace {

// A boundary line: "--" and a boundary in force (RFC 2046 5.1.1: what follows the boundary on its
// line is ignored).
struct Delimiter {
    std::size_t begin = 0;
    std::size_t next = 0;   // of the line after it
    std::size_t level = 0;  // in Splitter::boundaries_
    bool closes = false;
};

class Splitter {
  public:
    Splitter(std::string_view octets, const Limits& limits) : octets_(octets), limits_(limits) {}

    EntityTree run() {
        Part root = entity(0, DefaultType::text);
        return {std::move(root), std::move(damage_)};
    }

  private:
    Part entity(std::size_t depth, DefaultType default_type) {
        ++parts_;
        Part part;
        part.header = header();
        const auto fields = octets_.substr(part.header.begin, part.header.size());
        describe(part, fields, default_type, limits_.header_fields, damage_);
        part.body.begin = part.header.end;
        const std::size_t start = at_;

        if (part.is_multipart()) {
            multipart(part, depth);
        } else if (part.type == "message" &&
                   (part.subtype == "rfc822" || part.subtype == "global")) {
            if (may_descend(depth)) part.children.push_back(entity(depth + 1, DefaultType::text));
        }
        seek();
        part.body.end = end_of_body(part.body.begin);
        if (pending_ && pending_->begin == start) {
            // Without a body, the line end that the boundary takes is the header's last.
            part.header.end = end_of_body(part.header.begin);
            part.body = {part.header.end, part.header.end};
        }
        for (Part& child : part.children) clip(child, part.body.end);
        if (part.type == "text" || part.type == "message") part.lines = lines_in(part.body);
        return part;
    }

    void multipart(Part& part, std::size_t depth) {
        const std::optional<std::string> boundary = boundary_of(part);
        const DefaultType inner =
            part.subtype == "digest" ? DefaultType::message : DefaultType::text;
        if (!boundary || !may_descend(depth)) {
            if (!boundary) note("a multipart without a boundary is read as plain text");
            part.children.push_back(plain_rest());
            return;
        }
        const std::size_t level = boundaries_.size();
        boundaries_.push_back(*boundary);
        seek();
        while (at_delimiter(level) && !pending_->closes) {
            at_ = pending_->next;
            pending_.reset();
            if (parts_ >= limits_.parts) {
                note("parts beyond the limit are read as one plain text");
                boundaries_.pop_back();
                part.children.push_back(plain_rest());
                return;
            }
            part.children.push_back(entity(depth + 1, inner));
        }
        boundaries_.pop_back();
        if (!pending_) note("a multipart without its closing boundary");
        if (part.children.empty()) {
            note("a multipart without parts is read as plain text");
            part.children.push_back(plain(part.body.begin));
        }
        if (pending_ && pending_->level == level) {  // an epilogue follows
            at_ = pending_->next;
            pending_.reset();
        }
    }

    std::size_t lines_in(Range range) const {
        const std::string_view text = octets_.substr(range.begin, range.size());
        return static_cast<std::size_t>(std::ranges::count(text, '\n'));
    }

    bool may_descend(std::size_t depth) {
        if (depth + 1 < limits_.depth && parts_ < limits_.parts) return true;
        note("parts nested or numbered beyond the limit are read as plain text");
        return false;
    }

    // Octets that could not be cut into parts, as a part: they stay readable and searchable.
    Part plain(std::size_t begin) {
        Part rest;
        rest.header = {begin, begin};
        rest.body = {begin, end_of_body(begin)};
        rest.lines = lines_in(rest.body);
        return rest;
    }
    Part plain_rest() {
        const std::size_t begin = at_;
        seek();
        return plain(begin);
    }

    // Reads the header block: up to and with its blank line, or to a boundary line, which ends
    // everything.
    Range header() {
        Range range{at_, at_};
        if (pending_) return range;
        // Whether this is a header at all: its first line that is not indented tells.
        bool undecided = true;
        while (at_ < octets_.size()) {
            const std::string_view line = octets_.substr(at_, line_length(octets_, at_));
            const bool blank = line.size() == line_end_length(line);
            if (delimiter_here(line)) break;
            if (undecided && !blank && !is_blank(line.front())) {
                undecided = false;
                if (!starts_header(line)) {
                    note("no header");
                    at_ = range.begin;
                    break;
                }
            }
            if (line.starts_with("--")) {
                note("a header without the blank line that ends it");
                break;
            }
            at_ += line.size();
            if (blank) break;
        }
        range.end = pending_ ? end_of_body(range.begin) : at_;
        return range;
    }

    // Moves to the next boundary line in force, or to the end; at once if it stands there already.
    void seek() {
        if (pending_) return;
        if (boundaries_.empty()) at_ = octets_.size();
        while (at_ < octets_.size()) {
            const std::size_t length = line_length(octets_, at_);
            if (delimiter_here(octets_.substr(at_, length))) return;
            at_ += length;
        }
    }

    // The innermost of the longest boundaries that the line has.
    bool delimiter_here(std::string_view line) {
        if (boundaries_.empty() || !line.starts_with("--")) return false;
        const std::string_view rest = line.substr(2);
        std::optional<std::size_t> best;
        for (std::size_t level = boundaries_.size(); level-- > 0;) {
            const std::string& boundary = boundaries_[level];
            if (rest.starts_with(boundary) &&
                (!best || boundary.size() > boundaries_[*best].size()))
                best = level;
        }
        if (!best) return false;
        const bool closes = rest.substr(boundaries_[*best].size()).starts_with("--");
        pending_ = Delimiter{at_, at_ + line.size(), *best, closes};
        return true;
    }

    bool at_delimiter(std::size_t level) const { return pending_ && pending_->level == level; }

    // RFC 2046 5.1.1: the line end before a boundary line belongs to the boundary.
    std::size_t end_of_body(std::size_t begin) const {
        if (!pending_) return octets_.size();
        const std::string_view before = octets_.substr(begin, pending_->begin - begin);
        return pending_->begin - line_end_length(before);
    }

    // An empty part may stand behind a line end that its parents' boundary takes.
    static void clip(Part& part, std::size_t end) {
        if (part.body.end <= end) return;
        for (std::size_t* at :
             {&part.header.begin, &part.header.end, &part.body.begin, &part.body.end})
            *at = std::min(*at, end);
        for (Part& child : part.children) clip(child, end);
    }

    void note(std::string_view what) { mime::note(damage_, what); }

    std::string_view octets_;
    const Limits& limits_;
    std::size_t at_ = 0;
    std::size_t parts_ = 0;
    std::vector<std::string> boundaries_;  // of the multiparts that are open, outermost first
    std::optional<Delimiter> pending_;     // the boundary line at at_, found and not yet used
    std::vector<std::string> damage_;
};

}  // namespace

EntityTree split_entities(std::string_view octets, const Limits& limits) {
    return Splitter(octets, limits).run();
}

}  // namespace mailhold::indexer::mime
