// A status with everything in it, for the tests of what shows one.
#pragma once

#include "api/http/status.hpp"

namespace mailhold::http {

inline Overview sample_overview() {
    Overview overview;
    overview.messages = 100;
    overview.octets = 5'000'000'000;
    overview.sightings = 150;
    overview.quarantined = 2;
    overview.records = 400;
    overview.indexed = 90;
    overview.last_archived = UtcMicros(std::chrono::microseconds(1'700'000'000'123'456));
    overview.started = UtcMicros(std::chrono::seconds(1'700'000'000));
    AccountStatus alice;
    alice.name = "alice \"the\" first";
    alice.url = "imaps://alice@mail.example.org";
    alice.mailboxes = 7;
    alice.messages = 60;
    alice.octets = 1000;
    alice.mirror = MirrorStatus{"waiting",
                                "the origin does not answer",
                                7,
                                3,
                                20,
                                10,
                                12,
                                2,
                                3,
                                40,
                                UtcMicros(std::chrono::seconds(1'700'000'100))};
    AccountStatus bob;
    bob.name = "bob";
    bob.mirror = MirrorStatus{};
    AccountStatus carol;
    carol.name = "carol";
    carol.unaccounted = 3;
    carol.reconciled = store::Reconciled{.generation = {"carol", "", UidValidity{}},
                                         .began = UtcMicros(std::chrono::seconds(1'700'000'040)),
                                         .ended = UtcMicros(std::chrono::seconds(1'700'000'050)),
                                         .mailboxes = 2,
                                         .shown = 9,
                                         .missing = 4,
                                         .replaced = 1,
                                         .gone = 2,
                                         .repaired = 4,
                                         .unaccounted = 3,
                                         .problem = "the line broke"};
    overview.accounts = {alice, bob, carol};
    return overview;
}

}  // namespace mailhold::http
