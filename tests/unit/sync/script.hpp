// The language of the catalogue's scripts: what happens at the origin, an event a line or between
// semicolons; mailboxes and messages are named by the words that make them up.
//
//   add BOX a b c       new messages with these octets     expunge BOX 2 3      these UIDs
//   fill BOX 40 m       m1 ... m40                         clear BOX
//   flag BOX 1 \Seen    these flags, and no others         delete BOX / rename A B
//   backup BOX          to come back at `restore BOX`      uidvalidity BOX 7    the same messages,
//   uidnext BOX 5       shown instead; 0 shows none                             numbered anew
//   modseq BOX 5        set back, of all messages too      nomodseq BOX on/off
//   size BOX 1 99       a wrong RFC822.SIZE                dates on/off         INTERNALDATE
//   refuse 3 / nil 3 / empty 3 / short 3 / heal            what FETCH makes of these UIDs
//   reversed / chatter / forgetful on/off, garble 2        see OriginState
//   attributes BOX \All     of LIST              label BOX 1 \Inbox x    X-GM-LABELS
//   capabilities X Y    further ones than the script's
//   while fetching: ... the rest of the line happens when octets are fetched next
//   sync                passes until one succeeds
//   reconcile           the same with reconciliations
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/sync/origin.hpp"

namespace mailhold::imap::sync {

// The events of a script, in order.
std::vector<std::string> events_of(std::string_view script);

// What happens at the origin; `backups` belongs to the run. Throws for what is no event.
using Backups = std::map<std::string, OriginMailbox>;
void happen(OriginState& state, Backups& backups, const std::string& event);

}  // namespace mailhold::imap::sync
