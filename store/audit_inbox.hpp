// Records of accesses by programs that read the archive beside its one writer: each a file in data/audit-inbox, on disk before
// anything is shown, until the writer takes it into the ledger. Until then whoever owns the data folder can take it away
// again; but he can read the ledger's files without any program of ours, too. Nobody is led elsewhere by a link: one in the
// folder's place is an error (Errc::denied), one in a file's no record.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <vector>

#include "store/archive.hpp"
#include "store/base/threads.hpp"

namespace mailhold::store {

// On disk when it returns; the time is set here, and a session that is no other's. Beside a writer or without one.
Status put_into_audit_inbox(const std::filesystem::path& data, Accessed access);

// What waits there, by time.
Result<std::vector<Accessed>> audit_inbox(const std::filesystem::path& data);

// Puts what waits on record, each once, whatever breaks off in between: a file goes when its record is in the ledger, and
// one whose record is there already only goes. What is no record is put aside (*.bad). Not by two at the same time.
// Archive::open() does it.
Status take_audit_inbox(Archive& archive);

// Does it every half second, while it lives. The archive outlives it.
class AuditInboxTaker {
  public:
    explicit AuditInboxTaker(Archive& archive);
    ~AuditInboxTaker();  // once more
    AuditInboxTaker(const AuditInboxTaker&) = delete;
    AuditInboxTaker& operator=(const AuditInboxTaker&) = delete;

  private:
    void run();
    Archive& archive_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    Thread thread_;  // last: it uses all the others
};

}  // namespace mailhold::store
