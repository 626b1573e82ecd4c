package org.dinovmf.training.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyNamesTest {

  @ParameterizedTest
  @CsvSource({
    "cls_token, backbone.cls_token",
    "backbone.pos_embed, backbone.pos_embed",
    "module.backbone.blocks.11.attn.qkv.weight, backbone.blocks.11.attn.qkv.weight",
    "module.module.head.mlp.4.bias, head.mlp.4.bias",
    "head.last_layer.parametrizations.weight.original0, head.last_layer.weight_g",
    "head.last_layer2.parametrizations.weight.original1, head.last_layer2.weight_v",
    "reg_token, backbone.register_tokens",
    "dist_token, backbone.dist_token",
    "blocks.3.ls2.gamma, backbone.blocks.3.ls2.gamma",
    "blocks.3.gamma_1, backbone.blocks.3.ls1.gamma",
    "vit.embeddings.cls_token, backbone.cls_token",
    "embeddings.position_embeddings, backbone.pos_embed",
    "deit.embeddings.distillation_token, backbone.dist_token",
    "dinov2.embeddings.patch_embeddings.projection.bias, backbone.patch_embed.proj.bias",
    "dinov2_with_registers.embeddings.register_tokens, backbone.register_tokens",
    "encoder.layer.7.attention.attention.query.weight, backbone.blocks.7.attn.q.weight",
    "encoder.layer.7.attention.attention.key.bias, backbone.blocks.7.attn.k.bias",
    "encoder.layer.7.attention.attention.value.bias, backbone.blocks.7.attn.v.bias",
    "encoder.layer.7.attention.output.dense.weight, backbone.blocks.7.attn.proj.weight",
    "encoder.layer.7.intermediate.dense.bias, backbone.blocks.7.mlp.fc1.bias",
    "encoder.layer.7.output.dense.bias, backbone.blocks.7.mlp.fc2.bias",
    "encoder.layer.7.layernorm_before.weight, backbone.blocks.7.norm1.weight",
    "encoder.layer.7.layernorm_after.weight, backbone.blocks.7.norm2.weight",
    "encoder.layer.7.mlp.fc1.weight, backbone.blocks.7.mlp.fc1.weight",
    "encoder.layer.7.layer_scale1.lambda1, backbone.blocks.7.ls1.gamma",
    "layernorm.bias, backbone.norm.bias"
  })
  void knowsTheNamesOfOthers(String key, String published) {
    assertEquals(new KeyNames.Name(KeyNames.Kind.KNOWN, published), KeyNames.of(key));
  }

  @ParameterizedTest
  @CsvSource({
    "head.weight, BESIDE",
    "head_dist.bias, BESIDE",
    "pooler.dense.weight, BESIDE",
    "classifier.bias, BESIDE",
    "embeddings.mask_token, BESIDE",
    "mask_token, BESIDE",
    "blocks.0.mlp.w12.weight, SWIGLU",
    "encoder.layer.0.mlp.weights_in.bias, SWIGLU",
    "blocks.0.attn.q_norm.weight, FOREIGN",
    "norm_pre.weight, FOREIGN",
    "rope_embed.periods, FOREIGN",
    "layer1.0.conv1.weight, FOREIGN"
  })
  void tellsWhatIsOfNoUseFromWhatItCannotRun(String key, KeyNames.Kind kind) {
    assertEquals(kind, KeyNames.of(key).kind());
  }
}
