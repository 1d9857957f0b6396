"""Spellings that mean the same: old and variant kanji, and English words whose stems would stay apart.

Kanji: the common forms of the Jōyō list for their old forms (旧字体), and the variants that Japanese names are written with.
"""

from __future__ import annotations

_NEW_OLD = """
高髙 崎﨑嵜 辺邊邉 斎齋 斉齊 島嶋嶌 浜濱濵 広廣 国國 沢澤 桜櫻 滝瀧 与與 栄榮 真眞 恵惠 淵渕 剣劍劔 薮藪 富冨 浅淺 条條 当當 会會
学學 県縣 実實 円圓 蔵藏 徳德 弥彌 寿壽 礼禮 静靜 鉄鐵 変變 体體軆 医醫 薬藥 発發 応應 豊豐 亀龜 証證 総總 声聲 転轉 伝傳 仮假 済濟
択擇 検檢 険險 験驗 処處 区區 単單 戦戰 団團 図圖 数數 欧歐 歴歷 気氣 黒黑 緑綠 台臺 点點 仏佛 払拂 脳腦 顕顯 蛍螢 虫蟲 触觸 塩鹽 焼燒
竜龍 万萬 両兩 乗乘 亜亞 価價 倹儉 働仂 児兒 党黨 写寫 冲沖 凉涼 励勵 労勞 効效 勅敕 勲勳 勧勸 巻卷 参參 双雙 収收 叙敍 号號 嘱囑 器噐
囲圍 圧壓 塁壘 壊壞 壌壤 売賣 奥奧 奨奬 嬢孃 宝寶 寛寬 将將 専專 対對 尽盡 届屆 属屬 岳嶽 峡峽 巣巢 帯帶 帰歸 庁廳 廃廢 弁辨瓣辯 弐貳
弾彈 従從 恋戀 恒恆 悩惱 悪惡 懐懷 戸戶 戻戾 抜拔 拝拜 拠據 拡擴 挙擧 挿插 捜搜 掲揭 摂攝 撃擊 教敎 断斷 旧舊 昼晝 晩晚 暁曉 暦曆 曽曾
来來 枢樞 栃杤 楽樂 概槪 様樣 権權 横橫 欠缺 残殘 殴毆 毎每 浄淨 渇渴 渋澁 渓溪 温溫 湾灣 湿濕 満滿 潜潛 瀬瀨 炉爐 為爲 犠犧 状狀 独獨
狭狹 猟獵 献獻 瓶甁 産產 畳疊 痴癡 研硏 称稱 稲稻 穂穗 穏穩 窃竊 粋粹 粛肅 糸絲 経經 絵繪 継繼 続續 縁緣 縦縱 繊纖 缶罐 翻飜 聴聽 胆膽
臓臟 舎舍 艶艷 茎莖 荘莊 菫堇 蒋蔣 薫薰 虚虛 蛮蠻 衛衞 装裝 覚覺 覧覽 観觀 訳譯 誉譽 読讀 謡謠 譲讓 賛贊 践踐 軽輕 辞辭 逓遞 遅遲 郎郞 郷鄕
酔醉 釈釋 鉱鑛礦 銭錢 鋳鑄 錬鍊 録錄 鎮鎭 関關 陥陷 随隨 隠隱 隣鄰 隷隸 雑雜 霊靈 青靑 頼賴 顔顏 飲飮 駅驛 駆驅 騒騷 髄髓 闘鬪 鶏鷄 麦麥
麺麵 黄黃 黙默 斎斋 歯齒 齢齡 桑桒 吉𠮷 土圡 柳栁 館舘 船舩 峰峯 槙槇 遥遙 尭堯 桧檜 祢禰 籠篭 頬頰 掴摑 剥剝 填塡 痩瘦 繋繫 嚢囊 蝋蠟 莱萊 灯燈
"""

KANJI: dict[int, str] = {ord(old): group[0] for group in _NEW_OLD.split() for old in group[1:]}
"""For ``str.translate``: variant → common form."""

IRREGULAR: dict[str, str] = dict(
    pair.split(":")
    for pair in """
    analyses:analysis hypotheses:hypothesis syntheses:synthesis theses:thesis crises:crisis diagnoses:diagnosis
    indices:index matrices:matrix vertices:vertex appendices:appendix spectra:spectrum phenomena:phenomenon criteria:criterion
    bacteria:bacterium strata:stratum nuclei:nucleus fungi:fungus genera:genus mice:mouse datum:data corpora:corpus axes:axis
    media:medium radii:radius loci:locus larvae:larva formulae:formula equilibria:equilibrium
    colour:color colours:color behaviour:behavior behaviours:behavior behavioural:behavioral aluminium:aluminum fibre:fiber
    fibres:fiber centre:center centres:center metre:meter metres:meter litre:liter litres:liter sulphur:sulfur sulphide:sulfide
    sulphate:sulfate caesium:cesium tumour:tumor tumours:tumor catalogue:catalog catalogues:catalog grey:gray analyse:analyze
    analysed:analyzed analysing:analyzing modelling:modeling modelled:modeled labelling:labeling labelled:labeled
    ageing:aging vapour:vapor neighbour:neighbor neighbours:neighbor mould:mold moulding:molding haemoglobin:hemoglobin
    oestrogen:estrogen foetal:fetal anaemia:anemia defence:defense licence:license programme:program programmes:program
    optimise:optimize optimised:optimized organise:organize characterise:characterize characterised:characterized
    crystallise:crystallize crystallised:crystallized polymerise:polymerize visualise:visualize visualised:visualized
    """.split()
)
"""English word → the spelling whose stem it shares."""
