#include "simulator/yaml_copy.hpp"

#include <yaml-cpp/yaml.h>

namespace tunnelkeyd::simulator {

namespace {

YAML::Node copy(const YAML::Node& from) {
    YAML::Node made(from.Type());
    if (from.IsScalar())
        made = from.Scalar();
    for (const auto& each : from)
        if (from.IsMap())
            made.force_insert(copy(each.first), copy(each.second));
        else
            made.push_back(copy(each));
    made.SetTag(from.Tag());
    made.SetStyle(from.Style());
    return made;
}

void emit(YAML::Emitter& out, const YAML::Node& node) {
    const bool on_one_line = node.Style() == YAML::EmitterStyle::Flow;
    switch (node.Type()) {
    case YAML::NodeType::Map:
        out << (on_one_line ? YAML::Flow : YAML::Block) << YAML::BeginMap;
        for (const auto& each : node) {
            out << YAML::Key;
            emit(out, each.first);
            out << YAML::Value;
            emit(out, each.second);
        }
        out << YAML::EndMap;
        break;
    case YAML::NodeType::Sequence:
        out << (on_one_line ? YAML::Flow : YAML::Block) << YAML::BeginSeq;
        for (const auto& each : node)
            emit(out, each);
        out << YAML::EndSeq;
        break;
    case YAML::NodeType::Scalar:
        if (node.Tag() == "!")  // which is how yaml-cpp says that it stood in quotes
            out << YAML::DoubleQuoted;
        out << node.Scalar();
        break;
    default:
        out << YAML::Null;
    }
}

}  // namespace

YAML::Node read_yaml(std::string_view text) {
    return copy(YAML::Load(std::string(text)));
}

std::string write_yaml(const YAML::Node& document) {
    YAML::Emitter out;
    emit(out, document);
    return std::string(out.c_str(), out.size()) + "\n";
}

}  // namespace tunnelkeyd::simulator
