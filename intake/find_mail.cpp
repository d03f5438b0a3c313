#include "intake/find_mail.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "indexer/mime/header.hpp"
#include "intake/maildir.hpp"
#include "intake/mbox.hpp"
#include "store/base/file.hpp"

namespace mailhold::intake {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t first_octets = 4096;  // of a file, to tell what it is

class Finder {
  public:
    Finder(fs::path given, std::string root, Format format)
        : given_(std::move(given)), root_(std::move(root)), format_(format) {}

    // What std::filesystem throws here is an error of the whole search: nothing may be missed.
    void look_into(const fs::path& path, const std::string& mailbox) {
        if (!fs::is_directory(path)) return add_file(path, mailbox);
        if (is_maildir(path)) return add_maildir(path, mailbox);
        for (const auto& entry : sorted(path)) {
            if (!entry.is_directory()) {
                add_file(entry.path(), mailbox);
            } else if (!entry.is_symlink()) {
                look_into(entry.path(), below(mailbox, entry.path().filename().string()));
            }
        }
    }

    FoundMail take() {
        for (auto& [mailbox, files] : folders_) {
            for (const auto& file : files) found_.octets += file.size;
            found_.folders.push_back({mailbox, std::move(files)});
        }
        return std::move(found_);
    }

  private:
    std::string below(const std::string& mailbox, const std::string& name) const {
        return mailbox == root_ && root_ == "INBOX" ? name : mailbox + "/" + name;
    }

    static std::vector<fs::directory_entry> sorted(const fs::path& folder) {
        std::vector<fs::directory_entry> entries(fs::directory_iterator(folder), {});
        std::ranges::sort(entries, {}, [](const auto& entry) { return entry.path(); });
        return entries;
    }

    static bool is_maildir(const fs::path& path) {
        return fs::is_directory(path / "cur") && fs::is_directory(path / "new");
    }

    void add_maildir(const fs::path& path, const std::string& mailbox) {
        std::vector<fs::directory_entry> messages;
        for (const auto* part : {"cur", "new"}) {
            for (auto& entry : sorted(path / part))
                if (entry.is_regular_file()) messages.push_back(std::move(entry));
        }
        std::ranges::sort(messages, {}, [](const auto& entry) {
            return std::pair(entry.last_write_time(), entry.path());
        });
        for (const auto& message : messages) add(mailbox, message.path(), Format::maildir);
        for (const auto& entry : sorted(path)) {
            const auto name = entry.path().filename().string();
            if (entry.is_directory() && name.starts_with('.') && is_maildir(entry.path()))
                add_maildir(entry.path(), below(mailbox, maildir_mailbox(name)));
        }
    }

    void add_file(const fs::path& path, const std::string& mailbox) {
        if (!fs::is_regular_file(path)) return found_.not_mail.push_back(path);
        switch (format_ == Format::any ? format_of(path) : format_) {
            case Format::mbox:
                return add(path == given_ ? mailbox : below(mailbox, path.stem().string()), path,
                           Format::mbox);
            case Format::eml:
                return add(mailbox, path, Format::eml);
            case Format::any:
            case Format::maildir:
                found_.not_mail.push_back(path);
        }
    }

    // Format::any: none.
    static Format format_of(const fs::path& path) {
        const auto file = File::open(path, OpenMode::read);
        const auto begin = file ? file->read_some_at(0, first_octets) : Result<std::string>("");
        const auto name = path.filename().string();
        if (path.extension() == ".eml") return Format::eml;
        if (begin && begins_mbox(*begin)) return Format::mbox;
        const bool numbered =
            std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; });
        if (numbered) return Format::eml;
        const auto line = begin ? begin->substr(0, indexer::mime::line_length(*begin, 0)) : "";
        return indexer::mime::starts_header(line) ? Format::eml : Format::any;
    }

    void add(const std::string& mailbox, const fs::path& path, Format format) {
        folders_[mailbox].push_back({path, format, fs::file_size(path)});
    }

    const fs::path given_;
    const std::string root_;
    const Format format_;
    std::map<std::string, std::vector<MailFile>> folders_;
    FoundMail found_;
};

}  // namespace

Result<FoundMail> find_mail(const fs::path& path, const std::string& root, Format format) {
    try {
        if (!fs::exists(path))
            return fail(Errc::not_found, fmt::format("{} does not exist", path.string()));
        Finder finder(path, root, format);
        finder.look_into(path, root);
        return finder.take();
    } catch (const fs::filesystem_error& error) {
        return fail(Errc::io, fmt::format("looking for mail: {}", error.what()));
    }
}

}  // namespace mailhold::intake
