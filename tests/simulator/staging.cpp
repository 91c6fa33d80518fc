#include "simulator/staging.hpp"

namespace tunnelkeyd::simulator {

namespace {

using delivery = staging::delivery;
using ending = staging::ending;

/// What a server might answer that did nothing: a success, and no key in it.
reply empty_promise() {
    return json_reply(200, R"({"name": "tunnel1", "status": "CONNECTED"})");
}

void stage_late(staging& play, const fault& met) {
    play.apply = false;
    play.apply_after = met.delay;
    if (met.meanwhile == late_reply::gateway_timeout) {
        play.instead = met.answer;
        return;
    }
    play.deliver = met.meanwhile == late_reply::none ? delivery::never : delivery::nothing;
    play.end = ending::quiet_close;
}

void end_with(staging& play, delivery deliver, ending end) {
    play.deliver = deliver;
    play.end = end;
}

}  // namespace

staging stage(const fault& met) {
    staging play;
    play.apply = met.apply;
    if (!play.apply)
        play.instead = empty_promise();
    switch (met.kind) {
    case fault_kind::drop_before:
    case fault_kind::drop_after:
        end_with(play, delivery::nothing, ending::quiet_close);
        break;
    case fault_kind::reset:
        end_with(play, delivery::nothing, ending::reset);
        break;
    case fault_kind::late:
        stage_late(play, met);
        break;
    case fault_kind::stall:
        end_with(play, delivery::never, ending::quiet_close);
        break;
    case fault_kind::truncate:
        end_with(play, delivery::half, ending::quiet_close);
        break;
    case fault_kind::status:
    case fault_kind::login_page:
    case fault_kind::redirect:
    case fault_kind::malformed:
    case fault_kind::body:
        play.instead = met.answer;
        break;
    case fault_kind::huge:
        end_with(play, delivery::huge, ending::quiet_close);
        break;
    case fault_kind::interim:
        play.interim = "HTTP/1.1 " + std::to_string(met.interim_status) + " Interim\r\n\r\n";
        break;
    case fault_kind::hold:
        play.hold_before = !met.apply;
        play.hold_after = met.apply;
        play.apply = true;
        play.instead.reset();
        break;
    case fault_kind::slow:
        play.wait = met.delay;
        break;
    case fault_kind::close_idle:
        play.end = ending::close;
        break;
    case fault_kind::no_close_notify:
        play.end = ending::quiet_close;
        break;
    }
    return play;
}

}  // namespace tunnelkeyd::simulator
