package org.dinovmf.tools.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a flat YAML file: {@code key: value} or {@code key: [value, value]} lines. Every fault is
 * told with its line; reading goes on as far as that is possible.
 */
final class ConfigFile {

  private static final YAMLFactory YAML = new YAMLFactory();

  private final String name;
  private final Collection<String> keys;
  private final List<String> faults;
  private final Map<String, Value> values = new LinkedHashMap<>();

  /**
   * What stands behind a key.
   *
   * @param words one for a scalar, the elements of a list
   * @param line from 1
   */
  record Value(List<String> words, int line) {}

  private ConfigFile(String name, Collection<String> keys, List<String> faults) {
    this.name = name;
    this.keys = keys;
    this.faults = faults;
  }

  /**
   * Reads a file.
   *
   * @param keys that are known
   * @param faults gets one line for each fault
   */
  static Map<String, Value> read(Path file, Collection<String> keys, List<String> faults) {
    if (!Files.exists(file)) {
      faults.add("configuration file '%s' does not exist".formatted(file));
      return Map.of();
    }
    if (Files.isDirectory(file)) {
      faults.add("configuration file '%s' is a folder".formatted(file));
      return Map.of();
    }
    try {
      return parse(file.toString(), Files.readString(file), keys, faults);
    } catch (CharacterCodingException e) {
      faults.add("configuration file '%s' must be UTF-8 text, but is not".formatted(file));
    } catch (IOException e) {
      faults.add("configuration file '%s' cannot be read: %s".formatted(file, e.getMessage()));
    }
    return Map.of();
  }

  /** Reads the text of a file that is called {@code name} in messages. */
  static Map<String, Value> parse(
      String name, String text, Collection<String> keys, List<String> faults) {
    ConfigFile reader = new ConfigFile(name, keys, faults);
    try (YAMLParser parser = YAML.createParser(text)) {
      reader.document(parser);
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      reader.fault(line, "not YAML: " + problem(e.getOriginalMessage()));
    } catch (IOException e) {
      throw new IllegalStateException("a text in memory is always readable", e);
    }
    return reader.values;
  }

  private void document(YAMLParser parser) throws IOException {
    JsonToken first = parser.nextToken();
    if (first == null) {
      return; // an empty file sets nothing
    }
    if (first != JsonToken.START_OBJECT) {
      fault(line(parser), "the file must hold lines of the form 'key: value'");
      return;
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      entry(parser);
    }
    if (parser.nextToken() != null) {
      fault(line(parser), "the file must hold one YAML document, but another begins here");
    }
  }

  private void entry(YAMLParser parser) throws IOException {
    String key = parser.currentName();
    int line = line(parser);
    JsonToken token = parser.nextToken();
    List<String> words = new ArrayList<>();
    boolean isFlat = true;
    if (token == JsonToken.START_ARRAY) {
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        isFlat &= addScalar(parser, words);
      }
    } else {
      isFlat = addScalar(parser, words);
    }
    if (!keys.contains(key)) {
      String nearest = NearestName.of(key, keys).map("; did you mean '%s'?"::formatted).orElse("");
      fault(line, "unknown key '%s'%s".formatted(key, nearest));
    } else if (values.containsKey(key)) {
      fault(
          line, "'%s' is set again; it was set in line %d".formatted(key, values.get(key).line()));
    } else if (!isFlat) {
      fault(line, "%s must be a value or a list of values, but is nested".formatted(key));
    } else if (words.isEmpty()) {
      fault(line, "%s has no value".formatted(key));
    } else {
      values.put(key, new Value(List.copyOf(words), line));
    }
  }

  /** Adds the text of a scalar, nothing for an empty one; false for a list or a mapping. */
  private static boolean addScalar(YAMLParser parser, List<String> words) throws IOException {
    if (parser.currentToken().isStructStart()) {
      parser.skipChildren();
      return false;
    }
    String text = parser.currentToken() == JsonToken.VALUE_NULL ? "" : parser.getText();
    if (!text.isBlank()) {
      words.add(text);
    }
    return true;
  }

  private static int line(YAMLParser parser) {
    return parser.currentTokenLocation().getLineNr();
  }

  /**
   * The line of the parser's message that names the problem: the one before the last place. Before
   * it there may be a context with its own place and an excerpt of the file.
   */
  private static String problem(String message) {
    List<String> lines = message.lines().map(String::strip).toList();
    for (int i = lines.size() - 1; i > 0; i--) {
      if (lines.get(i).startsWith("in '")) {
        return lines.get(i - 1);
      }
    }
    return lines.get(0);
  }

  private void fault(int line, String what) {
    faults.add("%s:%d: %s".formatted(name, line, what));
  }
}
